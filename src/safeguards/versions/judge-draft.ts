import { describeChanges } from '#description/changes/describe-changes.ts'
import type { Change } from '#description/changes/change.ts'
import type { Problem } from '#description/problem.ts'
import { parseDescription, parseSuccessor } from '#description/read-description.ts'
import { readText } from '#description/read-text.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { HoldingSafeguards } from '../tables.ts'
import type { Draft } from './draft.ts'
import { historyUpTo } from './versions.ts'

/** What a draft's text says, what is wrong with it, and what it changes. */
export interface JudgedDraft {
  /** The text as values; nothing where it is not YAML. */
  document?: unknown
  description?: RegisterDescription
  /** None where the draft can be submitted. */
  problems: Problem[]
  /** Against the version before; none while the text is no description by itself. */
  changes: Change[]
}

/** The draft's text judged; what is decided or withdrawn has no problems any more. */
export async function judgeDraft(holding: HoldingSafeguards, draft: Draft): Promise<JudgedDraft> {
  const judged = judgeText(draft.text, await historyUpTo(holding, draft.basedOn))
  return draft.state === 'DRAFT' || draft.state === 'SUBMITTED' ? judged : { ...judged, problems: [] }
}

/** Judges a text that is to follow `history` (oldest first). */
export function judgeText(text: string, history: readonly RegisterDescription[]): JudgedDraft {
  const parsed = parseSuccessor(text, history)
  const reading = readText(text)
  const before = history.at(-1)
  // What a change means is of use before its instant is chosen, too.
  const readable = parsed.ok ? parsed : parseDescription(text)
  return {
    ...(reading.ok && { document: reading.read.file }),
    ...(parsed.ok && { description: parsed.description }),
    problems: parsed.ok ? [] : parsed.problems,
    changes: readable.ok && before ? describeChanges(before, readable.description) : [],
  }
}
