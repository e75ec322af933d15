/**
 * Signing in and one’s own account: passwords, second factors, sessions, one-time links (R20).
 *
 * How a sign-in goes: signIn with a user id and a password answers 200 with Me; or 401 `session.second-factor` (and a
 * pending cookie), then giveSecondFactor; or 401 `session.enrolment` (and a pending cookie) where the description requires
 * a second factor and the person has none, then beginTotp and confirmTotp, which finish the sign-in. Every step that
 * succeeds gives the browser a fresh token. A person with a pending cookie is nobody yet to every other operation.
 */
import Type, { type Static } from 'typebox'
import * as schema from './schemas.ts'
import { closed, instant, literals, refusals, Role } from './shapes.ts'

const id = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** The most that a password may be long; NIST SP 800-63B-4 section 3.1.1.2 asks for 64 at the least. */
export const longestPassword = 256

const Password = Type.String({ minLength: 1, maxLength: 1024, description: 'Compared after NFKC' })
const Otp = Type.String({
  minLength: 1,
  maxLength: 16,
  description: 'Six digits of the authenticator; blanks do no harm',
})
const RecoveryCode = Type.String({ minLength: 1, maxLength: 64, description: 'One of the codes shown at enrolment' })
const LinkToken = Type.String({ minLength: 1, maxLength: 128, description: 'What stands after /welcome#' })

export const signInMethods = ['password', 'password+totp', 'password+passkey', 'passkey', 'oidc'] as const
export const secondFactors = ['totp', 'recovery-code', 'passkey'] as const

export const PasswordProblem = Type.Object(
  {
    code: literals(
      ['too-short', 'too-long', 'common', 'repeated', 'context', 'same'],
      'too-short, too-long: length; common: on the list of passwords that are tried first; repeated: one short piece over and ' +
        'over, or a row of the keyboard; context: little besides the words in `word`; same: the password of now',
    ),
    least: Type.Optional(Type.Integer({ description: 'Least length in characters, with too-short' })),
    greatest: Type.Optional(Type.Integer({ description: 'Greatest length in characters, with too-long' })),
    word: Type.Optional(Type.String({ description: 'The word of the organisation, service or person, with context' })),
  },
  { description: 'What keeps a password from being taken; all that are wrong are told at once' },
)
export type PasswordProblem = Static<typeof PasswordProblem>

const PasswordRules = Type.Object(
  {
    least: Type.Integer({ description: 'Least length in characters for this person: 15, or 8 with a second factor' }),
    greatest: Type.Integer({ description: 'Greatest length in characters' }),
  },
  { description: 'No composition rules and no expiry (NIST SP 800-63B-4)' },
)

/** What the operations of this file may answer instead: the refusal with what is known of its cause. */
export const AccountRefusal = Type.Object({
  error: Type.Object({
    code: Type.String({
      description:
        'session.credentials, session.wait, session.second-factor, session.second-factor-wrong, session.enrolment, password.unfit, …',
    }),
    message: Type.String({ description: 'What was wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field the message speaks of' })),
    factors: Type.Optional(
      Type.Array(literals([...secondFactors], 'A second factor'), {
        description: 'With session.second-factor: what the person may give',
      }),
    ),
    waitSeconds: Type.Optional(Type.Integer({ description: 'With session.wait: when to try again' })),
    problems: Type.Optional(Type.Array(PasswordProblem, { description: 'With password.unfit' })),
  }),
})
export type AccountRefusal = Static<typeof AccountRefusal>

const accountRefusals = {
  ...refusals,
  400: AccountRefusal,
  401: AccountRefusal,
  403: AccountRefusal,
  409: AccountRefusal,
  429: AccountRefusal,
}

const SignInOptions = Type.Object(
  {
    secondFactor: literals(['off', 'optional', 'required'], 'The description’s switch'),
    passkeys: Type.Boolean({ description: 'A passkey alone may sign in' }),
    publicUrl: Type.Optional(
      Type.String({ description: 'The origin that passkeys are bound to, and to which the provider leads back' }),
    ),
    identityProvider: Type.Optional(
      Type.Object({ name: Type.String() }, { description: 'The agency’s, where it has one' }),
    ),
    passwordRules: Type.Object({
      leastAlone: Type.Integer({ description: 'Least length where the password is the only factor' }),
      leastWithSecondFactor: Type.Integer(),
      greatest: Type.Integer(),
    }),
  },
  { description: 'Which ways to sign in there are; public' },
)

const Account = Type.Object({
  personId: Type.String({ format: 'uuid' }),
  userId: Type.String(),
  name: Type.String(),
  method: literals([...signInMethods], 'How this session was opened'),
  password: Type.Object({
    set: Type.Boolean({ description: 'False where the person signs in without one' }),
    setAt: Type.Optional(instant('When it was last set, where that is known')),
    rules: PasswordRules,
  }),
  secondFactor: Type.Object({
    demand: literals(['off', 'optional', 'required'], 'The description’s switch'),
    mayEnrol: Type.Boolean({
      description: 'An authenticator can be enrolled: allowed, none yet, and there is a password',
    }),
    mayRemove: Type.Boolean({ description: 'The authenticator may be removed by its owner' }),
    totp: Type.Optional(
      Type.Object(
        { addedAt: instant('Enrolled'), usedAt: Type.Optional(instant('Last used')) },
        {
          description: 'Absent where there is none',
        },
      ),
    ),
    recoveryCodesLeft: Type.Integer(),
  }),
})
export type Account = Static<typeof Account>

const OwnSession = Type.Object({
  id: Type.String({ format: 'uuid' }),
  current: Type.Boolean({ description: 'The one that asks' }),
  method: literals([...signInMethods], 'How it was opened'),
  startedAt: instant('Signed in'),
  usedAt: instant('Last used'),
  endsAt: instant('Ends then unless it is used before'),
  device: Type.Optional(
    Type.String({ description: 'Browser and system in words that need no language: Firefox, Windows' }),
  ),
})

const TotpEnrolment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  secret: Type.String({ description: 'base32, to type by hand' }),
  uri: Type.String({ description: 'otpauth://totp/…, to show as a QR code' }),
  until: instant('Confirm before this'),
})

const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Shown once; each is good for one sign-in' }),
})

const Link = Type.Object({
  kind: literals(['first-password', 'new-password'], 'The person has had no password, or has forgotten it'),
  path: Type.String({ description: '/welcome#token: shown once, kept nowhere' }),
  until: instant('Good until then, and once'),
})

const LinkSeen = Type.Object({
  kind: literals(
    ['first-password', 'new-password', 'first-person'],
    'first-person: whoever uses it names themselves and becomes the first of a role',
  ),
  until: instant('Good until then, and once'),
  userId: Type.Optional(Type.String({ description: 'Whose it is; absent with first-person' })),
  name: Type.Optional(Type.String()),
  role: Type.Optional(Role),
  rules: PasswordRules,
  secondFactor: literals(['off', 'optional', 'required'], 'The description’s switch: what follows at the sign-in'),
})

const FactorRemoval = Type.Object({
  id: Type.String({ format: 'uuid' }),
  person: Type.Object({ id: Type.String({ format: 'uuid' }), userId: Type.String(), name: Type.String() }),
  askedBy: Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() }),
  askedAt: instant('Asked'),
  reason: Type.String(),
  mayDecide: Type.Boolean({ description: 'The viewer may: holds the right, did not ask, is not the person' }),
})

const PersonAccount = Type.Object({
  password: Type.Boolean({ description: 'Has a password' }),
  totp: Type.Boolean({ description: 'Has an authenticator enrolled' }),
  passkeys: Type.Integer(),
  link: Type.Optional(
    Type.Object({ madeAt: instant('Made'), until: instant('Good until') }, { description: 'Unused' }),
  ),
  removal: Type.Optional(
    Type.Object(
      { id: Type.String({ format: 'uuid' }), askedAt: instant('Asked') },
      {
        description: 'A removal of the second factors waits for an access-rights approver',
      },
    ),
  ),
  mayMakeLink: Type.Boolean(),
  mayAskRemoval: Type.Boolean(),
})

export const accountOperations = {
  signInOptions: {
    method: 'GET',
    url: '/api/sign-in-options',
    schema: {
      operationId: 'signInOptions',
      summary: 'Which ways to sign in there are; needs no session',
      response: { 200: SignInOptions, ...accountRefusals },
    },
  },
  signIn: {
    method: 'POST',
    url: '/api/session',
    schema: {
      operationId: 'signIn',
      summary: 'Sign in with a user id and a password, and the authenticator’s code where it is known to be needed',
      body: schema.SignIn,
      response: { 200: schema.Me, ...accountRefusals },
    },
  },
  giveSecondFactor: {
    method: 'POST',
    url: '/api/session/second-factor',
    schema: {
      operationId: 'giveSecondFactor',
      summary: 'Finish a sign-in that awaits a second factor: one of the two fields',
      body: Type.Object({ otp: Type.Optional(Otp), recoveryCode: Type.Optional(RecoveryCode) }, closed),
      response: { 200: schema.Me, ...accountRefusals },
    },
  },
  whoAmI: {
    method: 'GET',
    url: '/api/session',
    schema: {
      operationId: 'whoAmI',
      summary: 'Who am I, and what may I do; 401 says what a sign-in under way still awaits',
      response: { 200: schema.Me, ...accountRefusals },
    },
  },
  signOut: {
    method: 'DELETE',
    url: '/api/session',
    schema: { operationId: 'signOut', summary: 'Sign out', response: { 204: Type.Null(), ...refusals } },
  },
  readAccount: {
    method: 'GET',
    url: '/api/account',
    schema: {
      operationId: 'readAccount',
      summary: 'One’s own account: how one signs in',
      response: { 200: Account, ...accountRefusals },
    },
  },
  checkPassword: {
    method: 'POST',
    url: '/api/password-check',
    schema: {
      operationId: 'checkPassword',
      summary: 'What is wrong with a password that one is about to take; of one’s own session or of a one-time link',
      body: Type.Object(
        {
          password: Type.String({ maxLength: 1024 }),
          link: Type.Optional(LinkToken),
          userId: Type.Optional(Type.String({ maxLength: 64, description: 'With a link of kind first-person' })),
          name: Type.Optional(Type.String({ maxLength: 200, description: 'With a link of kind first-person' })),
        },
        closed,
      ),
      response: {
        200: Type.Object({ problems: Type.Array(PasswordProblem, { description: 'Empty where it is fit' }) }),
        ...accountRefusals,
      },
    },
  },
  changePassword: {
    method: 'POST',
    url: '/api/account/password',
    schema: {
      operationId: 'changePassword',
      summary: 'Change one’s own password; the other sessions end',
      body: Type.Object({ current: Password, password: Password }, closed),
      response: { 204: Type.Null(), ...accountRefusals },
    },
  },
  beginTotp: {
    method: 'POST',
    url: '/api/account/totp',
    schema: {
      operationId: 'beginTotp',
      summary: 'Begin to enrol an authenticator; also in a sign-in that awaits enrolment, then without the password',
      body: Type.Object({ password: Type.Optional(Password) }, closed),
      response: { 201: TotpEnrolment, ...accountRefusals },
    },
  },
  confirmTotp: {
    method: 'POST',
    url: '/api/account/totp/confirmation',
    schema: {
      operationId: 'confirmTotp',
      summary: 'Confirm it with a code; finishes a sign-in that awaited enrolment, and ends the other sessions',
      body: Type.Object({ id: Type.String({ format: 'uuid' }), otp: Otp }, closed),
      response: { 200: RecoveryCodes, ...accountRefusals },
    },
  },
  removeTotp: {
    method: 'POST',
    url: '/api/account/totp/removal',
    schema: {
      operationId: 'removeTotp',
      summary:
        'Remove one’s authenticator and recovery codes; where none is required, and the password is long enough alone',
      body: Type.Object(
        { password: Password, otp: Type.Optional(Otp), recoveryCode: Type.Optional(RecoveryCode) },
        closed,
      ),
      response: { 204: Type.Null(), ...accountRefusals },
    },
  },
  renewRecoveryCodes: {
    method: 'POST',
    url: '/api/account/recovery-codes',
    schema: {
      operationId: 'renewRecoveryCodes',
      summary: 'New recovery codes; the old ones are worthless',
      body: Type.Object({ otp: Otp }, closed),
      response: { 200: RecoveryCodes, ...accountRefusals },
    },
  },
  listSessions: {
    method: 'GET',
    url: '/api/account/sessions',
    schema: {
      operationId: 'listSessions',
      summary: 'One’s own sessions that are open',
      response: { 200: Type.Object({ items: Type.Array(OwnSession) }), ...accountRefusals },
    },
  },
  endSession: {
    method: 'DELETE',
    url: '/api/account/sessions/:id',
    schema: {
      operationId: 'endSession',
      summary: 'End one of one’s own sessions',
      params: id,
      response: { 204: Type.Null(), ...accountRefusals },
    },
  },
  endSessions: {
    method: 'DELETE',
    url: '/api/account/sessions',
    schema: {
      operationId: 'endSessions',
      summary: 'End all of one’s own sessions, or all but this one; browsers that are known are forgotten',
      querystring: Type.Object({ keep: Type.Optional(literals(['this', 'none'], 'Default: none')) }, closed),
      response: { 200: Type.Object({ ended: Type.Integer() }), ...accountRefusals },
    },
  },
  lookAtLink: {
    method: 'POST',
    url: '/api/links/look',
    schema: {
      operationId: 'lookAtLink',
      summary: 'What a one-time link is for; needs no session',
      body: Type.Object({ token: LinkToken }, closed),
      response: { 200: LinkSeen, ...accountRefusals },
    },
  },
  useLink: {
    method: 'POST',
    url: '/api/links/use',
    schema: {
      operationId: 'useLink',
      summary:
        'Use a one-time link: set the password. Signing in comes after it, with a second factor where there is one',
      body: Type.Object(
        {
          token: LinkToken,
          password: Password,
          userId: Type.Optional(
            Type.String({ minLength: 1, maxLength: 64, description: 'Needed with first-person, refused without' }),
          ),
          name: Type.Optional(
            Type.String({ minLength: 1, maxLength: 200, description: 'Needed with first-person, refused without' }),
          ),
        },
        closed,
      ),
      response: { 200: Type.Object({ userId: Type.String() }), ...accountRefusals },
    },
  },
  readPersonAccount: {
    method: 'GET',
    url: '/api/people/:id/account',
    schema: {
      operationId: 'readPersonAccount',
      summary: 'How somebody signs in, for administrators',
      params: id,
      response: { 200: PersonAccount, ...accountRefusals },
    },
  },
  makeLink: {
    method: 'POST',
    url: '/api/people/:id/links',
    schema: {
      operationId: 'makeLink',
      summary: 'Make a one-time link for a first or a forgotten password; an earlier unused one ends',
      params: id,
      response: { 201: Link, ...accountRefusals },
    },
  },
  askFactorRemoval: {
    method: 'POST',
    url: '/api/people/:id/factor-removals',
    schema: {
      operationId: 'askFactorRemoval',
      summary: 'Ask, as an administrator, for the removal of somebody’s second factors',
      params: id,
      body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed),
      response: { 201: FactorRemoval, ...accountRefusals },
    },
  },
  listFactorRemovals: {
    method: 'GET',
    url: '/api/factor-removals',
    schema: {
      operationId: 'listFactorRemovals',
      summary: 'Removals that wait for a decision, for administrators and access-rights approvers',
      response: { 200: Type.Object({ items: Type.Array(FactorRemoval) }), ...accountRefusals },
    },
  },
  decideFactorRemoval: {
    method: 'POST',
    url: '/api/factor-removals/:id/decision',
    schema: {
      operationId: 'decideFactorRemoval',
      summary: 'Confirm or refuse a removal, as an access-rights approver who did not ask for it and is not the person',
      params: id,
      body: Type.Object({ confirm: Type.Boolean() }, closed),
      response: { 204: Type.Null(), ...accountRefusals },
    },
  },

  // Passkeys and the identity provider ------------------------------------------------------------------------------------
} as const
