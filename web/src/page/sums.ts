/** Numbers as the card prints them: sums add up as they stand there. */

const DECIMALS = 3;
const UNIT = 10 ** DECIMALS;

const written = (units: number) => (units / UNIT).toFixed(DECIMALS).replace("-", "−");

export const number = (value: number): string => written(Math.round(value * UNIT));

/** A factor of numbers that are printed: with so many digits that the product is right as printed. */
export const factor = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * The parts, the rest if there is one, and their total. The rest takes what rounding leaves; where there
 * is none, some parts are rounded the other way, those that lose least by it.
 */
export function addingUp(parts: number[], rest: number | null, total: number): string[] {
  const exact = (rest === null ? parts : [...parts, rest]).map((value) => value * UNIT);
  const units = exact.map(Math.round);
  const whole = Math.round(total * UNIT);
  const lacking = whole - units.reduce((sum, value) => sum + value, 0);
  if (rest !== null) units[units.length - 1] += lacking;
  else {
    const step = Math.sign(lacking);
    const loss = (place: number) => step * (units[place] - exact[place]);
    const byLoss = [...units.keys()].sort((one, other) => loss(one) - loss(other));
    for (const place of byLoss.slice(0, Math.abs(lacking))) units[place] += step;
  }
  return [...units, whole].map(written);
}
