/** What is made until it comes out as it was drawn. In: ways to make it. Out: what came nearest. Never here: what is made. */

/** @param makes in their order @param measured of what was made @returns the first that is least off */
export function nearestTo<Made>(
  target: number,
  makes: readonly (() => Made)[],
  measured: (made: Made) => number,
): Made {
  let found = makes[0]!()
  let least = Math.abs(measured(found) - target)
  for (const make of makes.slice(1)) {
    const other = make()
    const off = Math.abs(measured(other) - target)
    if (off >= least) continue
    found = other
    least = off
  }
  return found
}
