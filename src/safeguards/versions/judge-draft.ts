import { describeChanges } from '#description/changes/describe-changes.ts'
import type { Change } from '#description/changes/change.ts'
import type { Problem } from '#description/problem.ts'
import { parseDescription, parseSuccessor } from '#description/read-description.ts'
import { readText } from '#description/read-text.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { isOpen, type Draft } from './draft.ts'
import { historyUpTo } from './versions.ts'

/** A draft's text, its problems and its changes. */
export interface JudgedDraft {
  /** The parsed values; undefined if the text is not YAML. */
  document?: unknown
  description?: RegisterDescription
  /** Empty if the draft can be submitted. */
  problems: Problem[]
  /** Compared with the version before; empty while the text is not a valid description. */
  changes: Change[]
}

/** Checks the draft's text; decided or withdrawn drafts have no problems. */
export async function judgeDraft(database: SafeguardsDatabase, draft: Draft): Promise<JudgedDraft> {
  const judged = judgeText(draft.text, await historyUpTo(database, draft.basedOn))
  return isOpen(draft) ? judged : { ...judged, problems: [] }
}

/** Checks a text that follows `history` (oldest first). */
export function judgeText(text: string, history: readonly RegisterDescription[]): JudgedDraft {
  const parsed = parseSuccessor(text, history)
  const reading = readText(text)
  const before = history.at(-1)
  // Changes are useful before an instant is chosen, too.
  const readable = parsed.ok ? parsed : parseDescription(text)
  return {
    ...(reading.ok && { document: reading.read.file }),
    ...(parsed.ok && { description: parsed.description }),
    problems: parsed.ok ? [] : parsed.problems,
    changes: readable.ok && before ? describeChanges(before, readable.description) : [],
  }
}
