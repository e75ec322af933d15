import { parseDocument } from 'yaml'
import type { Change } from '#description/describe-change.ts'
import type { Problem } from '#description/problem.ts'
import { parseDescription } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'

/** What a draft's text says, what is wrong with it, and what it changes. */
export interface JudgedDraft {
  /** The text as values; nothing where it is not YAML. */
  document?: unknown
  description?: RegisterDescription
  /** None where the draft can be submitted. */
  problems: Problem[]
  /** None while the text cannot be read. */
  changes: Change[]
}

/** Judges a draft against the version it is based on, as of `now`. */
export function judgeDraft(text: string, _base: RegisterDescription, _now: Temporal.Instant): JudgedDraft {
  const parsed = parseDescription(text)
  const document = valuesOf(text)
  return {
    ...(document !== undefined && { document }),
    ...(parsed.ok && { description: parsed.description }),
    problems: parsed.ok ? [] : parsed.problems,
    changes: [],
  }
}

function valuesOf(text: string): unknown {
  const document = parseDocument(text)
  if (document.errors.length > 0) return undefined
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    return undefined
  }
}
