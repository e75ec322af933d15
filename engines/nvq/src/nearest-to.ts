/** What is made until it comes out as it was drawn. In: ways to make it. Out: what came nearest. Never here: what is made. */

/** @param makes in their order, at least one @param measured of what was made @returns the first that is least off */
export function nearestTo<Made>(target: number, makes: Iterable<() => Made>, measured: (made: Made) => number): Made {
  let [least, found]: [number, Made | undefined] = [Infinity, undefined]
  for (const make of makes) {
    const made = make()
    const off = Math.abs(measured(made) - target)
    if (off < least || found === undefined) [least, found] = [off, made]
  }
  if (found === undefined) throw new RangeError('Nothing to choose from')
  return found
}
