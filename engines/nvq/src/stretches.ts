/** Frames that follow each other. In: which belong. Out: stretches of them. Never here: why they do. */

export interface Stretch {
  /** The first frame, and the one after the last. */
  from: number
  to: number
}

/** @param count of frames @returns as long as they come, in their order */
export function stretchesWhere(count: number, belongs: (frame: number) => boolean): Stretch[] {
  const stretches: Stretch[] = []
  for (let from = 0; from < count;) {
    let to = from
    while (to < count && belongs(to)) to++
    if (to > from) stretches.push({ from, to })
    from = to + 1
  }
  return stretches
}
