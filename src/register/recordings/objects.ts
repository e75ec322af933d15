/** The objects of a recording in the object store. */
export function bodyKey(recordingId: string): string {
  return `recordings/${recordingId}.body`
}

/** Header to the intake key; gone once the custodian has the recording in keeping. */
export function headerKey(recordingId: string): string {
  return `recordings/${recordingId}.hdr`
}

/** What a crash left of the last chunk; gone once mended. */
export function tailKey(recordingId: string): string {
  return `recordings/${recordingId}.tail`
}

/** Sealed index: layout, gaps and peaks. */
export function indexKey(recordingId: string): string {
  return `recordings/${recordingId}.index`
}

/** A copy for the person who asked, encrypted for them; ends with its recording (C1). */
export function subjectCopyKey(recordingId: string, copyId: string): string {
  return `copies/${recordingId}/${copyId}.age`
}

/** The sound of its anonymised copy, sealed as the recording is; ends with it (R33). */
export function anonymisedCopyKey(recordingId: string, copyId: string): string {
  return `anonymised/${recordingId}/${copyId}.age`
}

/** What was put together for somebody outside, encrypted for them; fetched once (R30, R34). */
export function packageKey(packageId: string): string {
  return `packages/${packageId}.age`
}

/** All of them, but for copies: those have rows of their own. */
export function recordingObjects(recordingId: string): string[] {
  return [headerKey(recordingId), tailKey(recordingId), indexKey(recordingId), bodyKey(recordingId)]
}

/** Those that a copy elsewhere has; with the sound of its anonymised copy, where it has one. */
export function copiedObjects(recordingId: string, copyId?: string): string[] {
  const own = [indexKey(recordingId), bodyKey(recordingId)]
  return copyId === undefined ? own : [...own, anonymisedCopyKey(recordingId, copyId)]
}

/**
 * Whether an object stays as it is until it is destroyed: those of a recording do once it is in keeping, which makes its index and
 * takes its header away; all others are written once.
 */
export function isSettledObject(key: string, has: (key: string) => boolean): boolean {
  const [, recording] = /^recordings\/(.*)\.[a-z]+$/.exec(key) ?? []
  return recording === undefined || (has(indexKey(recording)) && !has(headerKey(recording)))
}
