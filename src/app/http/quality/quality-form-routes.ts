import { beginForm, listForms, publishForm, readForm, saveForm } from '#use/quality/forms.ts'
import { beginPlan, endPlan, listPlans } from '#use/quality/sampling.ts'
import { registerOperations, items, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for evaluation forms and sampling plans. */
export function qualityFormRoutes(app: Routes, { db }: Desk): void {
  registerOperations(app, {
    listQualityForms: ({ session }) => items(listForms(db, session)),
    beginQualityForm: ({ session, body }) => beginForm(db, session, body),
    readQualityForm: ({ session, params }) => readForm(db, session, params.id),
    saveQualityForm: ({ session, params, body }) => saveForm(db, session, params.id, body),

    publishQualityForm: ({ session, params, body }) =>
      viewed(publishForm(db, session, params.id, body.revision), (published) =>
        'problems' in published
          ? { refused: 'quality.form-problems' as const, field: published.problems[0]?.at ?? 'sections' }
          : published,
      ),

    listSamplingPlans: ({ session }) => items(listPlans(db, session)),
    beginSamplingPlan: ({ session, body }) => beginPlan(db, session, body),
    endSamplingPlan: ({ session, params }) => endPlan(db, session, params.id),
  })
}
