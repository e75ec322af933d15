import type { Static } from 'typebox'
import type { Language } from '#description/closed-lists.ts'
import { listLedger, type LedgerItem } from '#use/ledger/list-ledger.ts'
import { readDestruction, readForCertificate, type DestructionEntry } from '#use/ledger/read-destruction.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import { readPublicationFiles } from '../../publication/files.ts'
import { certificatePdf } from '../../publication/pdf/certificate-pdf.ts'
import { registerOperations } from '../answer.ts'
import { AwaitedCertificate } from '../contract/ends.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse, refuseAs } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { toJson } from '../to-json.ts'
import { grantForRequest } from '../request-session.ts'

const pageSize = 50
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Routes for the destruction ledger, the destruction of one recording, and its certificate. */
export function ledgerRoutes(app: Routes, desk: Desk): void {
  let files: ReturnType<typeof readPublicationFiles> | undefined

  registerOperations(app, {
    listLedger: async ({ session, query }) => {
      const { before, limit = pageSize } = query
      const listed = await listLedger(desk.db, session, { before, limit })
      if ('refused' in listed) return listed
      const people = listed.items.map(({ doneBy }) => doneBy).filter((by) => uuidPattern.test(by))
      const names = await currentNames(desk.db, people)
      return { items: listed.items.map((item) => viewEntry(item, names)), next: listed.next }
    },

    readDestruction: async (request) => {
      const grant = await grantForRequest(desk, request, { ...request.query, action: 'retention.read' })
      if ('refused' in grant) return grant
      const { id } = request.params
      const found = await readDestruction(desk.db, grant, id)
      if (found === 'not-found') return { refused: 'not-found' }
      const { entry } = found
      return { ...found, entry: entry && viewEntry({ ...entry, kind: 'recording', object: id }, new Map()) }
    },
  })

  app.route({
    ...operations.readCertificate,
    handler: async (request, reply) => {
      const { language, reference } = request.query
      // The Service Unit names the request as reference; officials need no reference for their own calls (R45, R48).
      const requested = { purpose: 'INSPECTION' as const, reference, action: 'certificate.made' as const }
      const grant = await grantForRequest(desk, request, requested)
      if ('refused' in grant) return refuseAs(reply, grant)
      const { id } = request.params
      const found = await readForCertificate(desk.db, grant, id, language)
      if (found === 'not-found') return refuse(reply, 'not-found')
      if ('awaited' in found) {
        const { expectedAt } = found.awaited
        if (expectedAt) {
          const waitMs = expectedAt.epochMilliseconds - Temporal.Now.instant().epochMilliseconds
          void reply.header('retry-after', Math.max(1, Math.ceil(waitMs / 1000)))
        }
        return reply
          .code(202)
          .header('cache-control', 'no-store')
          .send(toJson(AwaitedCertificate, found.awaited) as Static<typeof AwaitedCertificate>)
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

const fileNames: Record<Language, string> = { fi: 'todistus', sv: 'intyg', en: 'certificate' }

function viewEntry(
  item: LedgerItem | (DestructionEntry & { kind: string; object: string }),
  names: Map<string, string>,
) {
  const { number, at, kind, object, cause, doneBy, targets } = item
  return {
    seq: number,
    at,
    kind,
    objectId: object,
    cause,
    doneBy: names.get(doneBy) ?? doneBy,
    places: (targets.places ?? []).map(({ place, reached }) => ({ name: place, reached })),
    keyReceipts: targets.receipts?.length ?? 0,
  }
}
