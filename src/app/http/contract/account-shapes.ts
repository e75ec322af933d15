/** Schemas of sign-in and of the user's own account. */
import Type from 'typebox'
import { instant, literals, refusals, Role } from './shapes.ts'

export const Password = Type.String({ minLength: 1, maxLength: 1024, description: 'Compared after NFKC' })
export const Otp = Type.String({
  minLength: 1,
  maxLength: 16,
  description: 'Six digits of the authenticator; blanks do no harm',
})
export const RecoveryCode = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'One of the codes shown at enrolment',
})
export const LinkToken = Type.String({ minLength: 1, maxLength: 128, description: 'What stands after /welcome#' })

const signInMethods = ['password', 'password+totp', 'password+passkey', 'passkey', 'oidc'] as const
const secondFactors = ['totp', 'recovery-code', 'passkey'] as const

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

const PasswordRules = Type.Object(
  {
    least: Type.Integer({ description: 'Least length in characters for this person: 15, or 8 with a second factor' }),
    greatest: Type.Integer({ description: 'Greatest length in characters' }),
  },
  { description: 'No composition rules and no expiry (NIST SP 800-63B-4)' },
)

/** Refusal with details of its cause. */
const AccountRefusal = Type.Object({
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

export const accountRefusals = {
  ...refusals,
  400: AccountRefusal,
  401: AccountRefusal,
  403: AccountRefusal,
  409: AccountRefusal,
  429: AccountRefusal,
}

export const SignInOptions = Type.Object(
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

export const Account = Type.Object({
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
      description: 'An authenticator can be enrolled: none yet, and there is a password',
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

export const OwnSession = Type.Object({
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

export const AccountNotice = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: literals(
    [
      'sign-in',
      'link-made',
      'link-used',
      'password',
      'factor-added',
      'factor-removed',
      'sessions-ended',
      'directory',
      'directory-ended',
      'second-factor-offer',
    ],
    'sign-in: in a browser that was not known; directory: a number or the place of the person changed; directory-ended: one was taken away, or the employment given an earlier end; second-factor-offer: there is no second factor yet',
  ),
  at: instant('When'),
  device: Type.Optional(Type.String({ description: 'With sign-in: browser and system' })),
  method: Type.Optional(literals([...signInMethods], 'With sign-in')),
  by: Type.Optional(Type.String({ description: 'With links: administrator or operator' })),
  factor: Type.Optional(Type.String({ description: 'totp, passkey or identity-provider' })),
  lost: Type.Optional(Type.Boolean({ description: 'With directory: a number of the person went to somebody else' })),
  ended: Type.Optional(literals(['number', 'place', 'employment'], 'With directory-ended')),
  seen: Type.Boolean(),
  own: Type.Boolean({ description: 'Done in this session' }),
})

export const TotpEnrolment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  secret: Type.String({ description: 'base32, to type by hand' }),
  uri: Type.String({ description: 'otpauth://totp/…, to show as a QR code' }),
  until: instant('Confirm before this'),
})

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Shown once; each is good for one sign-in' }),
})

export const Link = Type.Object({
  kind: literals(['first-password', 'new-password'], 'The person has had no password, or has forgotten it'),
  path: Type.String({ description: '/welcome#token: shown once, kept nowhere; opens nothing before its release' }),
  until: instant('Good until then, and once'),
})

export const LinkSeen = Type.Object({
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
  awaits: Type.Optional(
    literals(
      ['release', 'code'],
      'release: a second person has not released it; code: of whoever did, needed to use it',
    ),
  ),
})

export const FactorRemoval = Type.Object({
  id: Type.String({ format: 'uuid' }),
  person: Type.Object({ id: Type.String({ format: 'uuid' }), userId: Type.String(), name: Type.String() }),
  askedBy: Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() }),
  askedAt: instant('Asked'),
  reason: Type.String(),
  mayDecide: Type.Boolean({ description: 'The viewer may: holds the right, did not ask, is not the person' }),
})

export const PersonAccount = Type.Object({
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
