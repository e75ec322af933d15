/** Keys of objects in the store. */

/** Key of the sealed body. */
export function bodyKey(recordingId: string): string {
  return `recordings/${recordingId}.body`
}

/** Key of the header, which only the intake key opens; deleted at ingestion. */
export function headerKey(recordingId: string): string {
  return `recordings/${recordingId}.hdr`
}

/** Key of the last chunk's remains after a crash; deleted once rebuilt. */
export function tailKey(recordingId: string): string {
  return `recordings/${recordingId}.tail`
}

/** Key of the sealed index: layout, gaps and peaks. */
export function indexKey(recordingId: string): string {
  return `recordings/${recordingId}.index`
}

/** Key of a copy for the requester, encrypted for them; ends with its recording (C1). */
export function subjectCopyKey(recordingId: string, copyId: string): string {
  return `copies/${recordingId}/${copyId}.age`
}

/** Key of the audio of an anonymised copy, sealed like the recording; ends with it (R33). */
export function anonymisedCopyKey(recordingId: string, copyId: string): string {
  return `anonymised/${recordingId}/${copyId}.age`
}

/** Key of a package for a recipient, encrypted for them; downloaded once (R30, R34). */
export function packageKey(packageId: string): string {
  return `packages/${packageId}.age`
}

/** Returns the keys of a recording's objects except copies, which have rows of their own. */
export function recordingObjects(recordingId: string): string[] {
  return [headerKey(recordingId), tailKey(recordingId), indexKey(recordingId), bodyKey(recordingId)]
}

/** Returns the keys of the objects that backup places have, including the audio of the anonymised copy. */
export function replicatedObjects(recordingId: string, copyId?: string): string[] {
  const own = [indexKey(recordingId), bodyKey(recordingId)]
  return copyId === undefined ? own : [...own, anonymisedCopyKey(recordingId, copyId)]
}

/**
 * Returns true if an object is final: those of a recording after ingestion, which makes the index and deletes the header; all
 * others from the start.
 */
export function isFinalObject(key: string, has: (key: string) => boolean): boolean {
  const [, recording] = /^recordings\/(.*)\.[a-z]+$/.exec(key) ?? []
  return recording === undefined || (has(indexKey(recording)) && !has(headerKey(recording)))
}
