/** Places of the largest values, the largest first; zeros are left out. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < values.length; place++) {
    if (!(values[place] > 0)) continue;
    if (places.length === count && values[place] <= values[places[count - 1]]) continue;
    const before = places.findIndex((other) => values[other] < values[place]);
    places.splice(before < 0 ? places.length : before, 0, place);
    places.length = Math.min(places.length, count);
  }
  return places;
}
