import { beginForm, listForms, publishForm, readForm, saveForm } from '#use/quality/forms.ts'
import { beginPlan, endPlan, listPlans } from '#use/quality/sampling.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Forms for evaluating quality, and what is drawn for it. */
export function qualityFormRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listQualityForms,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listForms(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({
        items: listed.map(({ publishedAt, ...form }) => ({
          ...form,
          ...(publishedAt && { publishedAt: publishedAt.toString() }),
        })),
      })
    },
  })

  app.route({
    ...operations.beginQualityForm,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginForm(desk.db, session, request.body)
      return 'refused' in begun ? refuse(reply, begun.refused, fieldOf(begun)) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.readQualityForm,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readForm(desk.db, session, request.params.id)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send(found)
    },
  })

  app.route({
    ...operations.saveQualityForm,
    handler: async (request, reply) => {
      const { session } = request
      const saved = await saveForm(desk.db, session, request.params.id, request.body)
      return 'refused' in saved ? refuse(reply, saved.refused, fieldOf(saved)) : reply.send(saved)
    },
  })

  app.route({
    ...operations.publishQualityForm,
    handler: async (request, reply) => {
      const { session } = request
      const published = await publishForm(desk.db, session, request.params.id, request.body.revision)
      if ('refused' in published) return refuse(reply, published.refused)
      if ('problems' in published) {
        return refuse(reply, 'quality.form-problems', { field: published.problems[0]?.at ?? 'sections' })
      }
      return reply.code(201).send(published)
    },
  })

  app.route({
    ...operations.listSamplingPlans,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listPlans(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.beginSamplingPlan,
    handler: async (request, reply) => {
      const { session } = request
      const begun = await beginPlan(desk.db, session, request.body)
      return 'refused' in begun ? refuse(reply, begun.refused, fieldOf(begun)) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.endSamplingPlan,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endPlan(desk.db, session, request.params.id)
      return ended === 'done' ? reply.code(204).send(null) : refuse(reply, ended.refused)
    },
  })
}

function fieldOf({ of }: { of?: string }) {
  return of === undefined ? {} : { field: of }
}
