/** Prints the outcome of an import: counts, then every file that was not imported, with its reason. */
import type { ImportMap } from '#capture/import/import-map.ts'
import type { FileReason, FileReport } from '#capture/import/run-import.ts'
import type { EntryNote } from '#capture/import/describe-entry.ts'

const sentences: Readonly<Record<FileReason, string>> = {
  ambiguous: 'several calls of the history match',
  'audio-broken': 'the sound is cut off or damaged',
  'audio-empty': 'there is no sound',
  'audio-longer-than-call': 'the sound is longer than the call',
  'audio-unknown': 'the format of the sound is unknown',
  'call-too-long': 'the call lasts more than a day',
  'codec-unknown': 'the codec of the sound cannot be read',
  destroyed: 'it was imported before and destroyed, as the ledger has it',
  'direction-unknown': 'the direction is unknown',
  'ends-before-start': 'the times contradict each other',
  forwarded: 'the description does not record calls that the switchboard forwarded',
  'g729-needs-library': 'G.729 needs the library libbcg729 on this machine',
  'gsm-needs-library': 'GSM needs the library libgsm on this machine',
  'hash-differs': 'the sound is not the one that its metadata describes',
  'id-missing': 'the call has no id',
  'in-the-future': 'the call is in the future',
  'left-out-by-map': 'the map leaves it out',
  link: 'it is a link, or no regular file',
  'differs-from-history': 'a call of the history overlaps this conversation, but has another official, number or time',
  'longer-than-talk': 'the sound goes on after the call of the history that it matches',
  'metadata-has-doctype': 'the XML declares entities',
  'metadata-too-deep': 'the metadata is nested too deep',
  'metadata-too-large': 'the metadata is too large',
  'metadata-unreadable': 'the metadata cannot be read',
  'metadata-without-entries': 'the metadata has no entry where the map says',
  'name-does-not-match': 'the name is not as the map says',
  'no-consent': 'the description needs the official’s consent, and there was none',
  'no-end': 'the call has no end',
  'no-metadata': 'no metadata names it',
  'not-incoming': 'the call is not an incoming one',
  'not-to-be-recorded':
    'the register refused to record this conversation, as during a conference or after a prohibition',
  'number-missing': 'the number called is missing',
  'number-not-described': 'the number called was none of the description’s numbers',
  'number-not-recorded': 'the description records no calls to the number',
  'outside-folder': 'the metadata names a file outside the folder',
  refused: 'it was refused',
  'same-content': 'its bytes are those of another file',
  'same-talk': 'the register has a recording of this conversation',
  'sound-missing': 'the sound that the metadata names is missing',
  'sound-named-twice': 'two entries name one sound',
  'sound-not-named': 'the metadata does not name the sound',
  switchboard: 'switchboard calls are not recorded',
  'time-impossible': 'a time did not exist',
  'time-missing': 'a time is missing',
  'time-unreadable': 'a time cannot be read',
  'too-large': 'the file is larger than 1 GiB',
  'too-many-channels': 'the sound has more than two channels',
  'too-old': 'by the description its recording would have been destroyed on',
  unreadable: 'the file cannot be read',
  'vcon-unverified': 'the vCon does not verify',
}

const noteSentences: Readonly<Record<EntryNote, string>> = {
  'caller-unreadable': 'the caller’s number cannot be parsed',
  'cut-before-answer': 'sound before the answer is left out',
  'no-official': 'no official is named',
  'official-not-in-directory': 'the official’s number was nobody’s in the directory',
  'time-ambiguous': 'a local time is ambiguous (clock change); marked for review',
}

export interface ImportSummary {
  map: Pick<ImportMap, 'source'>
  /** True for --dry-run. */
  /** True for --dry-run. */
  isDry: boolean
  /** Number of recordings that were decrypted and compared with their files. */
  /** Number of recordings that were decrypted and compared with their files. */
  compared?: number
  /** Ids of recordings that differ from their files. */
  /** Ids of recordings that differ from their files. */
  different?: readonly string[]
  /** Recordings whose ingest failed, with the fault's code. */
  /** Recordings whose ingest failed, with the fault's code. */
  faulty?: readonly { id: string; fault: string }[]
  /** Number of recordings that the custodian has not ingested yet. */
  /** Number of recordings that the custodian has not ingested yet. */
  waiting?: number
}

export function describeImport(files: readonly FileReport[], summary: ImportSummary): string[] {
  const { map, isDry, compared = 0, different = [], faulty = [], waiting = 0 } = summary
  const inState = (...states: FileReport['state'][]) => files.filter(({ state }) => states.includes(state))
  const joined = inState('joined').length
  const lines = [
    `${map.source}: ${files.length} files and entries`,
    isDry
      ? `would be imported: ${inState('ready').length}`
      : `imported: ${inState('entered', 'joined').length}${joined > 0 ? `, of which ${joined} belong to calls of the history` : ''}`,
    `imported by an earlier run: ${inState('known').length}`,
    `too old for the description: ${inState('too-old').length}`,
    ...inState('too-old').map(lineOf),
    `not imported: ${inState('refused').length}`,
    ...inState('refused').map(lineOf),
  ]
  const notes = Map.groupBy(
    files.flatMap(({ path, notes: own }) => own.map((note) => ({ path, note }))),
    ({ note }) => note,
  )
  for (const [note, at] of notes)
    lines.push(`to review: ${noteSentences[note]}: ${at.length}`, ...at.map(({ path }) => `  ${path}`))
  if (isDry) return lines
  lines.push(`compared with their files: ${compared}, the same bit for bit`)
  for (const id of different) lines.push(`  ${id}: DIFFERS from its file`)
  for (const { id, fault } of faulty) lines.push(`  ${id}: NOT ingested: ${fault}`)
  if (waiting > 0) lines.push(`wait for the custodian: ${waiting}`)
  return lines
}

function lineOf({ path, reason, detail }: FileReport): string {
  const sentence = reason === undefined ? '' : sentences[reason]
  const isDay = reason === 'too-old'
  return `  ${path}: ${sentence}${detail === undefined ? '' : isDay ? ` ${detail}` : ` (${detail})`}`
}

/** Returns a CSV with a line for each file. */
export function reportRows(files: readonly FileReport[]): string {
  const cell = (value: string) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const rows = files.map(({ path, state, reason = '', detail = '', notes, destroyAt }) =>
    [path, state, reason, detail, notes.join(' '), destroyAt?.toString() ?? ''].map(cell).join(','),
  )
  return `${['path,state,reason,detail,notes,destroyAt', ...rows].join('\r\n')}\r\n`
}
