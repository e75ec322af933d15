import { currentNames } from '#safeguards/people/current-names.ts'
import { knownFields } from '#use/requests/letters/fields.ts'
import { inventedFacts } from '#use/requests/letters/invented-facts.ts'
import { changeTemplate, listTemplates, mayChangeTemplates } from '#use/requests/letters/letter-templates.ts'
import { noteDelivery, readLetter, removeLetter } from '#use/requests/letters/letters.ts'
import { draftLetter } from '#use/requests/letters/make-letter.ts'
import { setLetter } from '#use/requests/letters/set-letter.ts'
import { problemsOf } from '#use/requests/letters/template-language.ts'
import { readPublicationFiles } from '../../publication/files.ts'
import { letterPage, readLetterStyle } from '../../publication/letter-page.ts'
import { letterPdf } from '../../publication/pdf/letter-pdf.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { viewTemplates } from './letter-view.ts'
import { refuse } from '../refuse.ts'
import { viewLetter } from './request-view.ts'
import type { Routes } from '../routes.ts'

/** Letters of requests, and the templates they are made from (R42, R44, L7). */
export function letterRoutes(app: Routes, desk: Desk): void {
  let files: ReturnType<typeof readPublicationFiles> | undefined
  let style: ReturnType<typeof readLetterStyle> | undefined
  const readStyle = () => (style ??= readLetterStyle())

  app.route({
    ...operations.draftLetter,
    handler: async (request, reply) => {
      const { session } = request
      const made = await draftLetter(desk.db, session, request.params.id, request.body, describedNow(desk))
      if ('refused' in made) return refuse(reply, made.refused)
      return reply.code(201).send(viewLetter(made, await currentNames(desk.db, [session.personId])))
    },
  })

  app.route({
    ...operations.readLetter,
    handler: async (request, reply) => {
      const { session } = request
      const letter = await readLetter(desk.db, session, request.params.id)
      if ('refused' in letter) return refuse(reply, letter.refused)
      const read = await readStyle()
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', read.policy)
        .header('cache-control', 'no-store')
        .send(letterPage(letter, read))
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

  app.route({
    ...operations.noteDelivery,
    handler: async (request, reply) => {
      const { session } = request
      const noted = await noteDelivery(desk.db, session, request.params.id, request.body.how)
      return noted === 'done' ? reply.code(204).send(null) : refuse(reply, noted.refused)
    },
  })

  app.route({
    ...operations.removeLetter,
    handler: async (request, reply) => {
      const { session } = request
      const removed = await removeLetter(desk.db, session, request.params.id)
      return removed === 'done' ? reply.code(204).send(null) : refuse(reply, removed.refused)
    },
  })

  app.route({
    ...operations.listLetterTemplates,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listTemplates(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      const { templates, mayChange } = listed
      return reply.send({ items: await viewTemplates(desk, templates), mayChange })
    },
  })

  app.route({
    ...operations.changeLetterTemplate,
    handler: async (request, reply) => {
      const { session } = request
      const changed = await changeTemplate(desk.db, session, { ...request.params, ...request.body })
      if (!('refused' in changed)) return reply.send((await viewTemplates(desk, [changed]))[0]!)
      if (changed.refused !== 'template.problems') return refuse(reply, changed.refused)
      const { problems } = changed
      return refuse(reply, changed.refused, { field: problems[0]?.field ?? 'text', problems })
    },
  })

  app.route({
    ...operations.previewLetterTemplate,
    handler: async (request, reply) => {
      const { session } = request
      if (!(await mayChangeTemplates(desk.db, session))) return refuse(reply, 'deny.role')
      const { kind, language } = request.params
      const { text } = request.body
      const facts = inventedFacts(kind, language)
      const content = setLetter(kind, facts, text, describedNow(desk))
      return reply.send({
        html: letterPage({ content, number: facts.number, language }, await readStyle()),
        problems: problemsOf(text, knownFields(kind, language)),
      })
    },
  })
}
