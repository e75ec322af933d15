import type { FastifyReply, FastifyRequest } from 'fastify'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { PackageAsked } from '#use/disclosure/packages/make-package.ts'
import { withdrawPackage } from '#use/disclosure/packages/withdraw-package.ts'
import { sendSealed } from '../../publication/fetch-once.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What leaves: released by the decision maker, encrypted, once (R27, R30, R34). */
export function packageRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.releaseResearch,
    handler: async (request, reply) => {
      const made = await release(request, reply, { ...request.body, kind: 'RESEARCH', disclosure: request.params.id })
      return made ? reply.code(201).send(made) : reply
    },
  })

  app.route({
    ...operations.releaseToAuthority,
    handler: async (request, reply) => {
      const made = await release(request, reply, { ...request.body, kind: 'AUTHORITY', disclosure: request.params.id })
      return made ? reply.code(201).send(made) : reply
    },
  })

  app.route({
    ...operations.withdrawPackage,
    handler: async (request, reply) => {
      const { session } = request
      const withdrawn = await withdrawPackage(desk.db, session, request.params.id)
      return withdrawn === 'done' ? reply.code(204).send(null) : refuse(reply, withdrawn.refused)
    },
  })

  app.route({
    ...operations.savePackage,
    // A HEAD would begin to save it, and save nothing.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { session } = request
      const { packages } = desk.custodian
      const begun = await packages.beginSave({
        session: session.token,
        id: request.params.id,
        address: request.ip,
      })
      if ('refused' in begun) {
        await appendAudit(desk.db, {
          action: 'package.taken',
          result: `refused:${begun.refused}`,
          personId: session.personId,
          object: { kind: 'package', id: request.params.id },
        })
        return refuse(reply, begun.refused)
      }
      const { number, ...saved } = begun
      const sealed = { name: 'package', piece: packages.piece, taken: packages.taken, broke: packages.broke }
      return sendSealed(request, reply, sealed, saved, `${number}.zip.age`)
    },
  })

  /** Begins a package in the session's name; where it is refused, that is answered and nothing is returned. */
  async function release(request: FastifyRequest, reply: FastifyReply, asked: Omit<PackageAsked, 'session'>) {
    const { session } = request
    const made = await desk.custodian.packages.make({ ...asked, session: session.token })
    if ('refused' in made) {
      await appendAudit(desk.db, {
        action: 'package.made',
        result: `refused:${made.refused}`,
        personId: session.personId,
        object: { kind: 'disclosure', id: asked.disclosure },
      })
      await refuse(reply, made.refused, made.refused === 'package.recipient' ? { field: 'recipient' } : {})
      return undefined
    }
    const { id, token, passphrase, expiresAt } = made
    return {
      id,
      expiresAt,
      ...(token !== undefined && { link: `/packages/${token}` }),
      ...(passphrase !== undefined && { passphrase }),
    }
  }
}
