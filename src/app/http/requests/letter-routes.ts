import { namePeople, currentNames } from '#safeguards/people/name-people.ts'
import { fieldsOf, knownFields } from '#use/requests/letters/fields.ts'
import { inventedFacts } from '#use/requests/letters/letter-facts.ts'
import {
  changeTemplate,
  listTemplates,
  mayChangeTemplates,
  type Template,
} from '#use/requests/letters/letter-templates.ts'
import { recordDelivery, readLetter, removeLetter } from '#use/requests/letters/letters.ts'
import { draftLetter } from '#use/requests/letters/make-letter.ts'
import { renderLetter } from '#use/requests/letters/render-letter.ts'
import { problemsOf } from '#use/requests/letters/template-language.ts'
import { readPublicationFiles } from '../../publication/files.ts'
import { letterPage, readLetterStyle } from '../../publication/letter-page.ts'
import { letterPdf } from '../../publication/pdf/letter-pdf.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { LetterTemplate } from '../contract/letters.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, offersIdentification, type Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import { viewLetter } from './request-view.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'

/** Routes for letters of requests, and for their templates (R42, R44, L7). */
export function letterRoutes(app: Routes, desk: Desk): void {
  let files: ReturnType<typeof readPublicationFiles> | undefined
  let style: ReturnType<typeof readLetterStyle> | undefined
  const readStyle = () => (style ??= readLetterStyle())

  app.route({
    ...operations.readLetter,
    handler: async (request, reply) => {
      const { session } = request
      const letter = await readLetter(desk.db, session, request.params.id)
      if ('refused' in letter) return refuse(reply, letter.refused)
      const letterStyle = await readStyle()
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', letterStyle.policy)
        .header('cache-control', 'no-store')
        .send(letterPage(letter, letterStyle))
    },
  })

  app.route({
    ...operations.readLetterPdf,
    handler: async (request, reply) => {
      const { session } = request
      const letter = await readLetter(desk.db, session, request.params.id)
      if ('refused' in letter) return refuse(reply, letter.refused)
      files ??= readPublicationFiles()
      const { pdfFonts } = await files
      return reply
        .type('application/pdf')
        .header('content-disposition', `inline; filename="${letter.number}-${letter.kind}.pdf"`)
        .header('cache-control', 'no-store')
        .send(await letterPdf(letter, pdfFonts))
    },
  })

  registerOperations(app, {
    draftLetter: ({ session, params, body }) =>
      viewed(draftLetter(desk.db, session, params.id, body, describedNow(desk)), async (made) =>
        viewLetter(made, await namePeople(desk.db, [session.personId])),
      ),

    noteDelivery: ({ session, params, body }) =>
      body.how === 'HOME' && !offersIdentification(desk)
        ? ({ refused: 'letter.not-from-home' } as const)
        : recordDelivery(desk.db, session, params.id, body.how),
    removeLetter: ({ session, params }) => removeLetter(desk.db, session, params.id),

    listLetterTemplates: ({ session }) =>
      viewed(listTemplates(desk.db, session), async ({ templates, mayChange }) => ({
        items: await viewTemplates(desk, templates),
        mayChange,
      })),

    changeLetterTemplate: async ({ session, params, body }) => {
      const changed = await changeTemplate(desk.db, session, { ...params, ...body })
      if (!('refused' in changed)) return (await viewTemplates(desk, [changed]))[0]!
      if (changed.refused !== 'template.problems') return changed
      return { ...changed, field: changed.problems[0]?.field ?? 'text' }
    },

    previewLetterTemplate: async ({ session, params: { kind, language }, body: { text } }) => {
      if (!(await mayChangeTemplates(desk.db, session))) return { refused: 'deny.role' }
      const facts = inventedFacts(kind, language)
      const content = renderLetter(kind, facts, text, describedNow(desk))
      return {
        html: letterPage({ content, number: facts.number, language }, await readStyle()),
        problems: problemsOf(text, knownFields(kind, language)),
      }
    },
  })
}

/** Returns templates with their fields and the names of their editors. */
async function viewTemplates(desk: Desk, templates: readonly Template[]): Promise<JsonForm<LetterTemplate>[]> {
  const people = templates.flatMap(({ changed }) => changed?.by ?? [])
  const names = await currentNames(desk.db, people)
  return templates.map(({ changed, ...template }) => ({
    ...template,
    changed: changed && { at: changed.at, by: { id: changed.by, name: names.get(changed.by) ?? '' } },
    fields: fieldsOf(template.kind, template.language),
  }))
}
