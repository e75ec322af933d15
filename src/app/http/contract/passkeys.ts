/**
 * Passkeys and the agency’s identity provider (R20, L21), and acts confirmed by passkey (R14, R36). Answered in
 * ../account/passkey-routes.ts and ../account/identity-provider-routes.ts.
 * Each use of a passkey takes two operations: the first returns options with a challenge for the authenticator, the second
 * receives the authenticator's answer. Both have the JSON form of WebAuthn level 3 (PublicKeyCredential.toJSON).
 * If a person has a passkey, an operation that decides something answers 403 `confirm.passkey`. The client then calls
 * askConfirmation and confirmAct, and repeats the operation within two minutes.
 */
import Type, { type Static } from 'typebox'
import { Otp } from './account-shapes.ts'
import * as schema from './schemas.ts'
import { fewAttempts, instant, literals } from './shapes.ts'

const bytes = (maxLength: number, description?: string) =>
  Type.String({ maxLength, pattern: '^[A-Za-z0-9_-]*$', ...(description && { description }) })

/** Result of navigator.credentials.get. */
export const Assertion = Type.Object({
  id: bytes(1400),
  rawId: bytes(1400),
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: bytes(4096),
    authenticatorData: bytes(4096),
    signature: bytes(4096),
    userHandle: Type.Optional(bytes(128)),
  }),
})

/** Result of navigator.credentials.create. */
export const Attestation = Type.Object({
  id: bytes(1400),
  rawId: bytes(1400),
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: bytes(4096),
    attestationObject: bytes(16_384),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10 })),
  }),
})

const credential = Type.Object({
  id: Type.String(),
  type: Type.Literal('public-key'),
  transports: Type.Optional(Type.Array(Type.String())),
})

const RequestOptions = Type.Object(
  {
    challenge: Type.String(),
    timeout: Type.Optional(Type.Integer()),
    rpId: Type.Optional(Type.String()),
    allowCredentials: Type.Optional(Type.Array(credential)),
    userVerification: Type.Optional(literals(['required', 'preferred', 'discouraged'], 'Always required')),
  },
  { description: 'PublicKeyCredentialRequestOptionsJSON' },
)

const CreationOptions = Type.Object(
  {
    rp: Type.Object({ id: Type.Optional(Type.String()), name: Type.String() }),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    challenge: Type.String(),
    pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal('public-key'), alg: Type.Integer() })),
    timeout: Type.Optional(Type.Integer()),
    excludeCredentials: Type.Optional(Type.Array(credential)),
    authenticatorSelection: Type.Optional(
      Type.Object({
        residentKey: Type.Optional(literals(['required', 'preferred', 'discouraged'], 'Always required')),
        requireResidentKey: Type.Optional(Type.Boolean()),
        userVerification: Type.Optional(literals(['required', 'preferred', 'discouraged'], 'Always required')),
      }),
    ),
    attestation: Type.Optional(Type.Literal('none')),
  },
  { description: 'PublicKeyCredentialCreationOptionsJSON' },
)

const Passkey = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  addedAt: instant('Added'),
  usedAt: Type.Optional(instant('Last used')),
  backedUp: Type.Boolean({ description: 'True if a passkey provider syncs it to the person’s other devices' }),
})
export type Passkey = Static<typeof Passkey>

export const actsToConfirm = [
  'draft.approve',
  'draft.reject',
  'right.approve',
  'right.reject',
  'removal.approve',
  'removal.reject',
  'passkey.add',
  'passkey.remove',
  'clock.confirm',
  'change.approve',
  'change.reject',
  'session.prove',
] as const

/** An act to confirm: the operation, its object, and the revision that the user has read. */
export const Act = Type.Object({
  act: literals([...actsToConfirm], 'Act to confirm'),
  id: Type.String({
    format: 'uuid',
    description:
      'Id of the draft, right request, removal, directory change or passkey; with passkey.add and session.prove one’s own person id; with clock.confirm 00000000-0000-0000-0000-000000000000',
  }),
  revision: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Revision of a draft; otherwise 0' }),
})

const passkeyOperations = {
  askPasskeySignIn: {
    route: 'POST /api/session/passkey/challenge',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Begin to sign in with only a passkey; needs no session',
    response: { 200: RequestOptions },
  },
  signInWithPasskey: {
    route: 'POST /api/session/passkey',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Sign in with a passkey, which counts as two factors (possession and user verification)',
    body: { response: Assertion },
    response: { 200: schema.Me },
  },
  askPasskeyFactor: {
    route: 'POST /api/session/second-factor/passkey/challenge',
    access: 'asks-itself',
    config: fewAttempts,
    summary: 'Begin to use a passkey as the second factor of a sign-in that awaits one',
    response: { 200: RequestOptions },
  },
  givePasskeyFactor: {
    route: 'POST /api/session/second-factor/passkey',
    access: 'asks-itself',
    config: fewAttempts,
    summary: 'Complete a sign-in that awaits a second factor with a passkey',
    body: { response: Assertion },
    response: { 200: schema.Me },
  },
  listPasskeys: {
    route: 'GET /api/account/passkeys',
    summary: 'List one’s own passkeys',
    response: { 200: Type.Object({ items: Type.Array(Passkey) }) },
  },
  askPasskey: {
    route: 'POST /api/account/passkeys/challenge',
    access: 'asks-itself',
    config: fewAttempts,
    summary:
      'Begin to add a passkey. Needs the password, and a code if there is an authenticator; if there is a passkey, a confirmed passkey.add; with neither, a recent proof of identity (confirm.fresh). Also in a sign-in that awaits enrolment',
    body: { password: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })), otp: Type.Optional(Otp) },
    response: { 200: CreationOptions },
  },
  addPasskey: {
    route: 'POST /api/account/passkeys',
    access: 'asks-itself',
    config: fewAttempts,
    summary:
      'Add the passkey that the authenticator has created; completes a sign-in that awaits enrolment, and ends the other sessions',
    body: { name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }), response: Attestation },
    response: { 201: Type.Object({ id: Type.String({ format: 'uuid' }) }) },
  },
  removePasskey: {
    route: 'DELETE /api/account/passkeys/:id',
    summary: 'Remove one of one’s own passkeys; needs a confirmed passkey.remove',
    response: { 204: Type.Null() },
  },
  askConfirmation: {
    route: 'POST /api/confirmations/challenge',
    config: fewAttempts,
    summary: 'Begin to confirm an act with a passkey',
    body: Act.properties,
    response: { 200: RequestOptions },
  },
  confirmAct: {
    route: 'POST /api/confirmations',
    config: fewAttempts,
    summary: 'Confirm an act; it can then be done once, within two minutes, in this session',
    body: { ...Act.properties, response: Assertion },
    response: { 204: Type.Null() },
  },
} as const

const redirect = Type.Null({ description: 'Redirect to the provider, or back to the page' })

const identityProviderOperations = {
  beginIdentityProvider: {
    route: 'GET /api/session/identity-provider',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Redirect to the identity provider to sign in; on failure back to the page with #sign-in=code',
    querystring: {
      returnTo: Type.Optional(Type.String({ maxLength: 2048, description: 'A path of this site' })),
      fresh: Type.Optional(Type.Boolean({ description: 'True to make the provider ask for a new sign-in' })),
    },
    response: { 302: redirect },
  },
  finishIdentityProvider: {
    route: 'GET /api/session/identity-provider/callback',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Redirect back from the identity provider (OpenID Connect Core 1.0 section 3.1.2.5)',
    response: { 302: redirect },
  },
  signOutOfIdentityProvider: {
    route: 'POST /api/session/identity-provider/sign-out',
    summary: 'Sign out; returns the URL for signing out at the identity provider too',
    response: {
      200: Type.Object({ url: Type.Optional(Type.String({ description: 'Absent if there is nothing to do' })) }),
    },
  },
} as const

export const provenSignInOperations = { ...passkeyOperations, ...identityProviderOperations }
