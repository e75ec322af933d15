import type { Language } from '#description/closed-lists.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import { listLedger, type LedgerItem } from '#use/ledger/list-ledger.ts'
import {
  readDestruction,
  readForCertificate,
  type AwaitedCertificate,
  type DestructionEntry,
} from '#use/ledger/read-destruction.ts'
import { readPublicationFiles } from '../../publication/files.ts'
import { certificatePdf } from '../../publication/pdf/certificate-pdf.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { granted } from '../signed-in.ts'

const pageSize = 50
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The destruction ledger, how one recording ended, and the certificate of that. */
export function ledgerRoutes(app: Routes, desk: Desk): void {
  let files: ReturnType<typeof readPublicationFiles> | undefined

  app.route({
    ...operations.listLedger,
    handler: async (request, reply) => {
      const { session } = request
      const { before, limit = pageSize } = request.query
      const listed = await listLedger(desk.db, session, { before, limit })
      if ('refused' in listed) return refuse(reply, listed.refused)
      const people = listed.items.map(({ doneBy }) => doneBy).filter((by) => idShape.test(by))
      const names = await currentNames(desk.db, people)
      return reply.send({
        items: listed.items.map((item) => viewEntry(item, names)),
        ...(listed.next !== undefined && { next: listed.next }),
      })
    },
  })

  app.route({
    ...operations.readDestruction,
    handler: async (request, reply) => {
      const grant = await granted(desk, request, reply, { ...request.query, action: 'retention.read' })
      if (!grant) return reply
      const { id } = request.params
      const found = await readDestruction(desk.db, grant, id)
      if (found === 'not-found') return refuse(reply, 'not-found')
      const { state, cause, destroyedAt, entry, certificate } = found
      return reply.send({
        state,
        ...(cause && { cause }),
        ...(destroyedAt && { destroyedAt: destroyedAt.toString() }),
        ...(entry && { entry: viewEntry({ ...entry, kind: 'recording', object: id }, new Map()) }),
        ...(certificate && { certificate: viewAwaited(certificate) }),
      })
    },
  })

  app.route({
    ...operations.readCertificate,
    handler: async (request, reply) => {
      const { language, reference } = request.query
      // The Service Unit serves the request that its reference names; the official's own calls need none (R45, R48).
      const asked = { purpose: 'INSPECTION' as const, reference, action: 'certificate.made' as const }
      const grant = await granted(desk, request, reply, asked)
      if (!grant) return reply
      const { id } = request.params
      const found = await readForCertificate(desk.db, grant, id, language)
      if (found === 'not-found') return refuse(reply, 'not-found')
      if ('awaited' in found) {
        const { expectedAt } = found.awaited
        if (expectedAt) {
          const waitMs = expectedAt.epochMilliseconds - Temporal.Now.instant().epochMilliseconds
          void reply.header('retry-after', Math.max(1, Math.ceil(waitMs / 1000)))
        }
        return reply.code(202).header('cache-control', 'no-store').send(viewAwaited(found.awaited))
      }
      files ??= readPublicationFiles()
      const { pdfFonts } = await files
      const pdf = await certificatePdf(found, describedNow(desk), language, pdfFonts)
      return reply
        .type('application/pdf')
        .header('content-disposition', `inline; filename="${fileNames[language]}-${found.entry.number}.pdf"`)
        .header('cache-control', 'no-store')
        .send(pdf as never)
    },
  })
}

function viewAwaited({ state, expectedAt }: AwaitedCertificate) {
  return { state, ...(expectedAt && { expectedAt: expectedAt.toString() }) }
}

const fileNames: Record<Language, string> = { fi: 'todistus', sv: 'intyg', en: 'certificate' }

function viewEntry(
  item: LedgerItem | (DestructionEntry & { kind: string; object: string }),
  names: Map<string, string>,
) {
  const { number, at, kind, object, cause, doneBy, targets } = item
  return {
    seq: number,
    at: at.toString(),
    kind,
    objectId: object,
    cause,
    doneBy: names.get(doneBy) ?? doneBy,
    places: (targets.places ?? []).map(({ place, reached }) => ({ name: place, reached })),
    keyReceipts: targets.receipts?.length ?? 0,
  }
}
