/** The demo's quality evaluation: a form, a sampling plan and a few evaluations, entered by the ordinary operations. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { enterUnit } from '#safeguards/people/units.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import type { Refused } from '#safeguards/access/database-request.ts'
import { beginEvaluation, listEvaluations, releaseEvaluation, saveEvaluation } from '#use/quality/evaluate.ts'
import type { Form, Question } from '#use/quality/form.ts'
import { beginForm, publishForm, saveForm } from '#use/quality/forms.ts'
import { beginPlan, listPlans } from '#use/quality/sampling.ts'

const checkMs = 5_000
/** Attempts to find ingested recordings before the demo gives up. */
const maxAttempts = 60
const unit = 'Henkilöverotus'
const number = '+35829497000'

const question = (id: string, text: string, more: Partial<Question> = {}): Question => ({
  ...{ id, text, help: '', scale: { kind: 'one-to-five' }, weight: 1, critical: 'none', mayNotApply: false },
  ...more,
})
const form: Form = {
  sections: [
    {
      id: 'kohtaaminen',
      title: 'Kohtaaminen',
      weight: 1,
      questions: [
        question('tervehdys', 'Tervehtikö virkailija ja kertoiko nimensä?', { scale: { kind: 'yes-no' } }),
        question('kuuntelu', 'Selvittikö virkailija, mitä asiakas tarvitsi?', {
          help: '1: ohitti asian, 5: varmisti ymmärtäneensä',
        }),
      ],
    },
    {
      id: 'ohjaus',
      title: 'Neuvonta',
      weight: 2,
      questions: [
        question('oikein', 'Oliko neuvo oikea?', { scale: { kind: 'yes-no' }, critical: 'form', weight: 2 }),
        question('selkeys', 'Kuinka selkeä neuvo oli?'),
        question('jatko', 'Tarvittiinko jatkotoimia?', { scale: { kind: 'yes-no' }, weight: 0 }),
        question('sovittu', 'Sovittiinko niistä?', {
          ...{ scale: { kind: 'points', most: 3 }, mayNotApply: true },
          onlyIf: { question: 'jatko', answers: [1] },
        }),
      ],
    },
  ],
}

/** Publishes the form and the plan if there is no plan, waits until calls are drawn, and evaluates some. */
export async function openDemoQuality(
  db: Kysely<RegisterTables>,
  password: string,
  now: Temporal.Instant,
  signal: AbortSignal,
): Promise<string[]> {
  const session = await signIn(db, { userId: 'eero', password }, now)
  if (typeof session === 'string' || !('expiresAt' in session)) return ['eero cannot sign in']
  try {
    return await evaluate(session)
  } finally {
    await signOut(db, session, now)
  }

  async function evaluate(eero: Session): Promise<string[]> {
    const existing = await listPlans(db, eero)
    if ('refused' in existing) return [existing.refused]
    if (existing.length > 0) return []
    const planned = await plan(eero)
    if (planned !== undefined) return [planned]
    for (let attempt = 0; attempt < maxAttempts && !signal.aborted; attempt++) {
      const listed = await listEvaluations(db, eero)
      if ('refused' in listed) return [listed.refused]
      const waiting = listed.filter(({ state }) => state === 'WAITING')
      if (waiting.length > 0)
        return evaluateSome(
          eero,
          waiting.slice(0, 3).map(({ id }) => id),
        )
      await sleep(checkMs, undefined, { signal }).catch(() => undefined)
    }
    return signal.aborted ? [] : ['nothing was drawn for evaluation']
  }

  async function plan(eero: Session): Promise<string | undefined> {
    const unitId = await enterUnit(db, unit)
    const begun = await beginForm(db, eero, { language: 'fi', name: 'Palvelupuhelun laatu' })
    if ('refused' in begun) return begun.refused
    const saved = await saveForm(db, eero, begun.id, { revision: 0, name: 'Palvelupuhelun laatu', form })
    if ('refused' in saved) return saved.refused
    const published = await publishForm(db, eero, begun.id, saved.revision)
    if ('refused' in published) return published.refused
    const given = { name: `${unit}, valtakunnallinen`, formId: begun.id, unitId, number, weekly: 6, daysLeft: 14 }
    return refusalIn(await beginPlan(db, eero, given))
  }

  /** Evaluates recordings: releases the first and second to their officials, and leaves the third as a draft. */
  async function evaluateSome(eero: Session, ids: readonly string[]): Promise<string[]> {
    const refused: string[] = []
    for (const [n, id] of ids.entries()) {
      const answers = { tervehdys: 1, kuuntelu: 4 + (n % 2), oikein: 1, ...(n < 2 && { selkeys: 3 + n, jatko: 0 }) }
      const work = {
        ...{ revision: 0, answers, note: n < 2 ? 'Asiallinen ja rauhallinen puhelu.' : '' },
        comments: [{ id: `alku-${n}`, atMs: 2_000, question: 'tervehdys', text: 'Selkeä alku, nimi kuului hyvin.' }],
      }
      const begun = await beginEvaluation(db, eero, id)
      const saved = begun === 'done' ? await saveEvaluation(db, eero, id, work) : begun
      const given = 'refused' in saved || n === 2 ? saved : await releaseEvaluation(db, eero, id, saved.revision)
      const fault = given === 'done' ? undefined : refusalIn(given)
      if (fault !== undefined) refused.push(fault)
    }
    return refused
  }
}

function refusalIn(answer: object | Refused<string>): string | undefined {
  return 'refused' in answer ? String(answer.refused) : undefined
}
