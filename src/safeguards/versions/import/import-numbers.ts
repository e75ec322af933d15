import { maxCharacters } from '#description/read-text.ts'
import { editDescription } from '#description/edit/edit-description.ts'
import { fileProblem, type ImportRefused } from '#platform/csv/csv-problem.ts'
import type { Session } from '../../people/session.ts'
import type { SafeguardsDatabase } from '../../tables.ts'
import { readDraft, type Draft, type DraftRefusal } from '../draft.ts'
import { changeDraft } from '../change-draft.ts'
import { readNumbersFile } from './read-numbers-file.ts'

/**
 * Imports the numbers of a CSV file into one's own draft, all or none (R7). Further needs of the draft, such as an
 * announcement, appear among its problems.
 */
export async function importNumbers(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, content }: { revision: number; content: Buffer },
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal | ImportRefused> {
  const draft = await readDraft(database, session, id, now)
  if ('refused' in draft) return draft
  // Before parsing: the draft may not be editable, or the revision may be outdated.
  if (!draft.mayEdit || draft.state !== 'DRAFT' || draft.revision !== revision) {
    return changeDraft(database, session, id, { revision }, now)
  }
  const read = readNumbersFile(content, draft.text)
  if (!read.ok) return { refused: 'import.refused', problems: read.problems }
  const text = editDescription(draft.text, [{ path: ['numbers'], value: read.numbers }])
  if (text.length > maxCharacters) {
    return { refused: 'import.refused', problems: [fileProblem('number.draft-too-long', 1)] }
  }
  return changeDraft(database, session, id, { revision, text }, now)
}
