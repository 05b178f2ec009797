/** Numbers as the card prints them: sums add up as they stand there. */

const DECIMALS = 3;
const UNIT = 10 ** DECIMALS;

const written = (units: number) => (units / UNIT).toFixed(DECIMALS).replace("-", "−");

export const number = (value: number): string => written(Math.round(value * UNIT));

/** A factor of numbers that are printed: with so many digits that the product is right as printed. */
export const factor = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * The parts, the rest if there is one, and their total. The rest takes what rounding leaves; where there
 * is none, or it would fall below zero by it, those parts that lose least are rounded the other way.
 */
export function addingUp(parts: number[], rest: number | null, total: number): string[] {
  const exact = parts.map((value) => value * UNIT);
  const units = exact.map(Math.round);
  const whole = Math.round(total * UNIT);
  const left = whole - units.reduce((sum, value) => sum + value, 0);
  const others = rest === null ? 0 : rest < 0 ? left : Math.max(0, left);
  const lacking = left - others;
  const step = Math.sign(lacking);
  const loss = (place: number) => step * (units[place] - exact[place]);
  const byLoss = [...units.keys()].sort((one, other) => loss(one) - loss(other));
  for (const place of byLoss.slice(0, Math.abs(lacking))) units[place] += step;
  return [...units, ...(rest === null ? [] : [others]), whole].map(written);
}
