import Type from 'typebox'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { IdentifiedDesk } from '#use/requests/home/identified-desk.ts'
import { RequestKind } from '../http/contract/requests.ts'
import { validated } from './validate-request.ts'
import type { CustodianHandlers } from './custodian-server.ts'
import { readSecret } from './read-secret.ts'

const Ticket = Type.String({ minLength: 1, maxLength: 4096 })
const Language = Type.Enum(['fi', 'sv', 'en'])

/** Schemas of the requests. All are validated, because the desk may be compromised. */
const shapes = {
  begin: Type.Object({ language: Language }),
  finish: Type.Object({ flow: Type.String({ maxLength: 4096 }), query: Type.String({ maxLength: 8192 }) }),
  who: Type.Object({ ticket: Ticket }),
  send: Type.Object({
    ticket: Ticket,
    request: Type.Object({
      party: Type.Enum(['CALLER', 'OFFICIAL']),
      kinds: Type.Array(RequestKind, { minItems: 1, maxItems: 12, uniqueItems: true }),
      language: Language,
      requester: Type.Object({
        address: Type.Optional(Type.String({ maxLength: 2000 })),
        email: Type.Optional(Type.String({ maxLength: 1000 })),
        phone: Type.Optional(Type.String({ maxLength: 200 })),
      }),
      told: Type.String({ maxLength: 8000 }),
      userId: Type.Optional(Type.String({ maxLength: 256 })),
    }),
  }),
  fetchAnswer: Type.Object({ ticket: Ticket, code: Type.String({ minLength: 1, maxLength: 200 }) }),
}

/** Returns the handlers of requesters who identify strongly, by path. */
export function identifiedDeskHandlers(desk: IdentifiedDesk): CustodianHandlers['jsonHandlers'] {
  return {
    '/home/begin': validated(shapes.begin, (request) => desk.begin(request)),
    '/home/finish': validated(shapes.finish, (request) => desk.finish(request)),
    '/home/who': validated(shapes.who, (request) => desk.who(request)),
    '/home/send': validated(shapes.send, (request) => desk.send(request)),
    '/home/fetch-answer': validated(shapes.fetchAnswer, (request) => desk.fetchAnswer(request)),
  }
}

/** Builds these handlers from the settings; none without a provider. */
export async function homeHandlers(given: {
  settings: Settings
  db: SafeguardsDatabase
  now: () => Temporal.Instant
  log: Log
  isOffered: () => boolean
}): Promise<CustodianHandlers['jsonHandlers']> {
  const { settings, db, now, log, isOffered } = given
  const { publicUrl, requesterIdentity } = settings
  if (publicUrl === undefined || !requesterIdentity) return {}
  // Imported only if requesters can identify.
  const { createRequesterIdentification } = await import('#safeguards/sign-in/requester-identity.ts')
  const { createIdentifiedDesk } = await import('#use/requests/home/identified-desk.ts')
  const identification = createRequesterIdentification({
    ...{ db, now, publicUrl, settings: requesterIdentity },
    secret: await readSecret('SELOSTE_REQUESTERS_OIDC_CLIENT_SECRET_FILE', requesterIdentity.clientSecretFile),
    onFault: (error) => {
      log.warn({ err: error }, 'identification of a requester failed')
    },
  })
  return identifiedDeskHandlers(createIdentifiedDesk(db, identification, isOffered))
}
