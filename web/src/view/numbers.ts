/** Weights in figures. */

/** Three decimals, or two digits of what is smaller. */
export function brief(weight: number): string {
  if (weight === 0) return "0";
  return weight < 0.001 ? plain(weight, 2) : weight.toFixed(3);
}

/** As many digits as `precision` bears, at least two. */
export function full(weight: number, precision: number | null): string {
  if (weight === 0) return "0";
  const digits = precision ? Math.max(2, Math.ceil(Math.log10(weight / precision))) : 2;
  return plain(weight, Math.min(6, digits));
}

export function error(precision: number): string {
  return plain(precision, 1);
}

/** Whole, or with one decimal below one. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return "< 0.1%";
  return `${share > 0 && share < 0.00995 ? (share * 100).toFixed(1) : Math.round(share * 100)}%`;
}

function plain(value: number, digits: number): string {
  return value >= 1e-6
    ? Number(value.toPrecision(digits)).toFixed(decimals(value, digits))
    : value.toExponential(digits - 1);
}

const decimals = (value: number, digits: number) =>
  Math.max(0, digits - 1 - Math.floor(Math.log10(value)));
