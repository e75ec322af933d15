import texts from '#texts/server/promise.json' with { type: 'json' }
import type { PromiseId } from '#description/promises.ts'
import { trilingualTexts, type KeyOf, type Trilingual } from '#platform/texts/texts.ts'
import { catalogue } from './catalogue.ts'
import type { Facts } from './tables.ts'
import { formatterAt } from './formatter.ts'

const t = trilingualTexts(texts)

/**
 * Returns the promise with its counts, one sentence per language: the text `promise.ID`, whose placeholders are facts or the
 * values of the check's `more`.
 */
export function describePromise(promise: PromiseId, facts: Facts, now: Temporal.Instant): Trilingual {
  const formatter = formatterAt(now)
  const more = catalogue[promise].more?.(facts, formatter) ?? {}
  const placeholders = [...texts[`promise.${promise}`].fi.matchAll(/{{(\w+)}}/g)].map(([, name]) => name!)
  const values = placeholders.map((name) => [name, more[name] ?? count(promise, name, facts[name])] as const)
  return t(`promise.${promise}`, Object.fromEntries(values))

  function count(of: PromiseId, name: string, fact: unknown): Trilingual | string {
    // A proof of an earlier version lacks this fact.
    if (typeof fact !== 'number') return '–'
    const [key, number] = [`promise.${of}.${name}`, formatter.number(fact)]
    return `${key}_other` in texts ? t(key as KeyOf<typeof texts>, { count: fact, number }) : number
  }
}
