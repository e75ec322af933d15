import type { Session } from '#safeguards/people/session.ts'
import type { PackageRequest } from '#use/disclosure/packages/make-package.ts'
import { withdrawPackage } from '#use/disclosure/packages/withdraw-package.ts'
import { sendEncryptedFile } from '../../publication/single-use-download.ts'
import { registerOperations } from '../answer.ts'
import { logCustodianRefusal } from '../log-custodian-refusal.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { fieldsBy, refuseAs } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Routes for packages: released by the decision maker, encrypted, downloaded once (R27, R30, R34). */
export function packageRoutes(app: Routes, desk: Desk): void {
  const { packages } = desk.custodian

  registerOperations(app, {
    releaseResearch: ({ session, params, body }) =>
      release(session, { ...body, kind: 'RESEARCH', disclosure: params.id }),
    releaseToAuthority: ({ session, params, body }) =>
      release(session, { ...body, kind: 'AUTHORITY', disclosure: params.id }),
    withdrawPackage: ({ session, params }) => withdrawPackage(desk.db, session, params.id),
  })

  app.route({
    ...operations.savePackage,
    // HEAD would use up the single download.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { session, ip: address } = request
      const { id } = request.params
      const entry = { action: 'package.taken', object: { kind: 'package', id } } as const
      const pending = packages.beginSave({ session: session.token, id, address })
      const begun = await logCustodianRefusal(desk, session, entry, pending)
      if ('refused' in begun) return refuseAs(reply, begun)
      const { number, ...saved } = begun
      const { piece, taken, releaseLease } = packages
      const sealed = { name: 'package', piece, taken, releaseLease }
      return sendEncryptedFile(request, reply, sealed, saved, `${number}.zip.age`)
    },
  })

  /** Starts making a package, as the session's person. */
  async function release(session: Session, request: Omit<PackageRequest, 'session'>) {
    const entry = { action: 'package.made', object: { kind: 'disclosure', id: request.disclosure } } as const
    const made = await logCustodianRefusal(desk, session, entry, packages.make({ ...request, session: session.token }))
    if ('refused' in made) return withField(made)
    return { ...made, link: made.token === undefined ? undefined : `/packages/${made.token}` }
  }
}

const withField = fieldsBy({ 'package.recipient': 'recipient' })
