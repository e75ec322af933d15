/**
 * Findings of a verification of recordings: each becomes one line with the fault and its remedy. Never contains names, numbers
 * or content.
 */

const bringBackRemedy = 'bring its objects back from a place of backups (seloste recordings bring-back --from PLACE)'
const restoreRemedy =
  'restore the newest backup into an empty SELOSTE_DATA, which also replays the ledger (docs/operate/backup-and-restore.md)'

const words = {
  'key-missing': ['its key is missing: it cannot be played', restoreRemedy],
  'key-forged': ['its key was altered or replaced', restoreRemedy],
  'body-missing': ['its body is not in the object store', bringBackRemedy],
  'body-length': ['its body is longer or shorter than it was', bringBackRemedy],
  'body-forged': ['its body was altered, truncated or replaced: it cannot be decrypted', bringBackRemedy],
  'body-hash': [
    'its body can be decrypted but differs from what the register and the audit log recorded',
    `find out who wrote it (seloste audit verify), and ${bringBackRemedy}`,
  ],
  'index-missing': ['its index is not in the object store', bringBackRemedy],
  'index-forged': ['its index was altered, truncated or replaced: it cannot be decrypted', bringBackRemedy],
  'index-of-another': ['its index belongs to another recording', bringBackRemedy],
  'hash-untold': [
    'the audit log does not have the hash with which it was ingested',
    'verify the log (seloste audit verify)',
  ],
  'hash-told-otherwise': [
    'the register and the audit log have different hashes of it',
    'verify the log (seloste audit verify): one of them was altered',
  ],
  'header-left': [
    'its header for the intake key still exists',
    'delete the object; the private intake key that opened it is deleted already',
  ],
  'destroyed-key-left': [
    'it is destroyed but its key row still exists',
    'run the custodian: its retention sweep deletes it',
  ],
  'destroyed-month-key-left': [
    'it is destroyed but a version of the month key that encrypted its key is still in the key store',
    'run the custodian: its sweep destroys the version; if it stays, destroy it in the key store',
  ],
  'destroyed-object-left': ['it is destroyed but an object of it still exists', 'delete the object'],
  'destroyed-untold-ledger': [
    'it is destroyed but the destruction ledger has no entry of that',
    'verify the ledger (seloste audit verify): an entry was removed, or the row was written by hand',
  ],
  'destroyed-untold-log': [
    'it is destroyed but the audit log has no entry of that',
    'verify the log (seloste audit verify)',
  ],
  'destroyed-held': [
    'the destruction ledger says that it is destroyed but the register still has it',
    `nobody may listen to it meanwhile: ${restoreRemedy}`,
  ],
  'destroyed-opens-in-place': [
    'it is destroyed but a copy of it, or of its key, still exists',
    'start the custodian while the place is reachable: it deletes the copy',
  ],
  'key-without-recording': ['a key exists without its recording', 'run the custodian: its retention sweep deletes it'],
} as const

export type FindingCode = keyof typeof words

/** Findings that a copy of the recording's objects repairs. */
const objectFindings: ReadonlySet<string> = new Set<FindingCode>([
  'body-missing',
  'body-length',
  'body-forged',
  'body-hash',
  'index-missing',
  'index-forged',
  'index-of-another',
])

/** Returns the recordings whose objects are missing or altered. */
export function recordingsWithWrongObjects(findings: readonly Finding[]): Set<string> {
  return new Set(findings.flatMap(({ code, recording }) => (objectFindings.has(code) ? [recording] : [])))
}

export interface Finding {
  code: FindingCode
  recording: string
  /** The object, key or place concerned. */
  target?: string
}

/** Returns the finding in one line. */
export function describeFinding({ code, recording, target }: Finding): string {
  const [wrong, todo] = words[code]
  return `recording ${recording}: ${code}: ${wrong}${target === undefined ? '' : ` (${target})`}; ${todo}`
}
