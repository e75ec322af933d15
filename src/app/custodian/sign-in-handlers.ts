import Type from 'typebox'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'
import type { IdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { Passkeys } from '#safeguards/sign-in/passkeys.ts'
import type { CodeProof } from '#safeguards/sign-in/second-factor.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { Act, Assertion, Attestation } from '../http/contract/passkeys.ts'
import { validated } from './validate-request.ts'
import type { CustodianHandlers } from './custodian-server.ts'
import { readSecret } from './read-secret.ts'

const Token = Type.String({ minLength: 1, maxLength: 128 })
const Device = Type.Optional(Type.String({ maxLength: 200 }))
const Nothing = Type.Object({})

/** Schemas of the requests. All are validated, because the desk may be compromised. */
const shapes = {
  signIn: Type.Object({ response: Assertion, newSession: Token, device: Device }),
  session: Type.Object({ session: Token }),
  giveSecondFactor: Type.Object({ session: Token, newSession: Token, response: Assertion }),
  act: Type.Object({ session: Token, ...Act.properties }),
  confirm: Type.Object({ session: Token, ...Act.properties, response: Assertion }),
  askAddition: Type.Object({
    session: Token,
    proof: Type.Optional(Type.String({ maxLength: 128 })),
    otp: Type.Optional(Type.String({ maxLength: 16 })),
  }),
  add: Type.Object({
    session: Token,
    newSession: Token,
    name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
    response: Attestation,
  }),
  remove: Type.Object({ session: Token, id: Act.properties.id }),
  begin: Type.Object({
    returnTo: Type.String({ maxLength: 2048 }),
    fresh: Type.Optional(Type.Boolean()),
    previousSession: Type.Optional(Token),
  }),
  finish: Type.Object({
    flow: Type.String({ maxLength: 8192 }),
    query: Type.String({ maxLength: 8192 }),
    newSession: Token,
    device: Device,
  }),
}

/** Returns the handlers of passkey requests, by path. */
export function passkeyHandlers(passkeys: Passkeys): CustodianHandlers['jsonHandlers'] {
  return {
    '/passkeys/ask-sign-in': validated(Nothing, () => passkeys.requestSignIn()),
    '/passkeys/sign-in': validated(shapes.signIn, (request) => passkeys.signIn(withAssertion(request))),
    '/passkeys/ask-second-factor': validated(shapes.session, (request) => passkeys.requestSecondFactor(request)),
    '/passkeys/give-second-factor': validated(shapes.giveSecondFactor, (request) =>
      passkeys.giveSecondFactor(withAssertion(request)),
    ),
    '/passkeys/ask-confirmation': validated(shapes.act, (request) => passkeys.requestConfirmation(request)),
    '/passkeys/confirm': validated(shapes.confirm, (request) => passkeys.confirm(withAssertion(request))),
    '/passkeys/ask-addition': validated(shapes.askAddition, (request) => passkeys.requestAddition(request)),
    '/passkeys/add': validated(shapes.add, (request) =>
      passkeys.add({ ...request, response: request.response as RegistrationResponseJSON }),
    ),
    '/passkeys/remove': validated(shapes.remove, (request) => passkeys.remove(request)),
  }
}

/** Returns the handlers of requests about the agency's identity provider, by path. */
export function identityProviderHandlers(provider: IdentityProvider): CustodianHandlers['jsonHandlers'] {
  return {
    '/identity-provider/begin': validated(shapes.begin, (request) => provider.begin(request)),
    '/identity-provider/finish': validated(shapes.finish, (request) => provider.finish(request)),
    '/identity-provider/sign-out-url': validated(shapes.session, (request) => provider.signOutUrl(request)),
  }
}

/** Builds the custodian's handlers for passkeys and the identity provider from the settings; none without a public URL. */
export async function signInHandlers(given: {
  settings: Settings
  db: SafeguardsDatabase
  now: () => Temporal.Instant
  log: Log
  secondFactors: CodeProof
}): Promise<CustodianHandlers['jsonHandlers']> {
  const { settings, db, now, log, secondFactors } = given
  const { publicUrl, identityProvider } = settings
  if (publicUrl === undefined) return {}
  const relyingParty = { origin: publicUrl, host: new URL(publicUrl).hostname }
  // Imported only if passkeys are offered.
  const { createPasskeys } = await import('#safeguards/sign-in/passkeys.ts')
  const passkeys = createPasskeys({
    db,
    now,
    relyingParty,
    secondFactors,
    service: () => `Seloste, ${relyingParty.host}`,
  })
  if (!identityProvider) return passkeyHandlers(passkeys)
  const { createIdentityProvider } = await import('#safeguards/sign-in/identity-provider.ts')
  const provider = createIdentityProvider({
    db,
    now,
    settings: identityProvider,
    secret: await readSecret('SELOSTE_OIDC_CLIENT_SECRET_FILE', identityProvider.clientSecretFile),
    publicUrl,
    onFault: (error) => {
      log.warn({ err: error }, 'sign-in through the identity provider failed')
    },
  })
  return { ...passkeyHandlers(passkeys), ...identityProviderHandlers(provider) }
}

function withAssertion<Asked extends { response: object }>(request: Asked) {
  return { ...request, response: request.response as AuthenticationResponseJSON }
}
