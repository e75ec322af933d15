/** Schemas of sign-in and of the user's own account. */
import Type from 'typebox'
import { instant, literals, Role } from './shapes.ts'

export const Password = Type.String({ minLength: 1, maxLength: 1024, description: 'Compared after NFKC' })
export const Otp = Type.String({
  minLength: 1,
  maxLength: 16,
  description: 'Six digits from the authenticator; spaces are ignored',
})
export const RecoveryCode = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'One of the codes shown at enrolment',
})
export const LinkToken = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'The part of the link after /welcome#',
})

const signInMethods = ['password', 'password+totp', 'password+passkey', 'passkey', 'oidc'] as const
const secondFactors = ['totp', 'recovery-code', 'passkey'] as const

export const PasswordProblem = Type.Object(
  {
    code: literals(
      ['too-short', 'too-long', 'common', 'repeated', 'context', 'same'],
      'too-short, too-long: length; common: on the list of common passwords; repeated: a short pattern repeated, ' +
        'or a keyboard row; context: mostly the words in `word`; same: the present password',
    ),
    least: Type.Optional(Type.Integer({ description: 'With too-short: minimum length in characters' })),
    greatest: Type.Optional(Type.Integer({ description: 'With too-long: maximum length in characters' })),
    word: Type.Optional(
      Type.String({ description: 'With context: the word of the organisation, service or person in it' }),
    ),
  },
  { description: 'All problems for which a password is refused' },
)

const PasswordRules = Type.Object(
  {
    least: Type.Integer({ description: 'Minimum length in characters for this person: 15, or 8 with a second factor' }),
    greatest: Type.Integer({ description: 'Maximum length in characters' }),
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
    message: Type.String({ description: 'What is wrong, where, and what to do; in English' }),
    field: Type.Optional(Type.String({ description: 'The field with the problem' })),
    factors: Type.Optional(
      Type.Array(literals([...secondFactors], 'A second factor'), {
        description: 'With session.second-factor: factors that the person has',
      }),
    ),
    waitSeconds: Type.Optional(Type.Integer({ description: 'With session.wait: seconds until the next attempt' })),
    problems: Type.Optional(Type.Array(PasswordProblem, { description: 'With password.unfit' })),
  }),
})

export const accountRefusals = {
  400: AccountRefusal,
  401: AccountRefusal,
  403: AccountRefusal,
  409: AccountRefusal,
  429: AccountRefusal,
}

export const SignInOptions = Type.Object(
  {
    secondFactor: literals(['off', 'optional', 'required'], 'Setting of the description'),
    passkeys: Type.Boolean({ description: 'True if a passkey is enough to sign in' }),
    publicUrl: Type.Optional(
      Type.String({ description: 'Origin of passkeys, to which the identity provider also redirects' }),
    ),
    identityProvider: Type.Optional(
      Type.Object({ name: Type.String() }, { description: 'The agency’s identity provider, if it has one' }),
    ),
    passwordRules: Type.Object({
      leastAlone: Type.Integer({ description: 'Minimum length if the password is the only factor' }),
      leastWithSecondFactor: Type.Integer(),
      greatest: Type.Integer(),
    }),
  },
  { description: 'Available sign-in methods; public' },
)

export const Account = Type.Object({
  personId: Type.String({ format: 'uuid' }),
  userId: Type.String(),
  name: Type.String(),
  method: literals([...signInMethods], 'Sign-in method of this session'),
  password: Type.Object({
    set: Type.Boolean({ description: 'False if the person signs in without a password' }),
    setAt: Type.Optional(instant('When it was last set, if known')),
    rules: PasswordRules,
  }),
  secondFactor: Type.Object({
    demand: literals(['off', 'optional', 'required'], 'Setting of the description'),
    mayEnrol: Type.Boolean({
      description: 'True if an authenticator can be enrolled: there is a password and no authenticator',
    }),
    mayRemove: Type.Boolean({ description: 'True if the person may remove the authenticator' }),
    totp: Type.Optional(
      Type.Object(
        { addedAt: instant('Enrolled'), usedAt: Type.Optional(instant('Last used')) },
        {
          description: 'Absent if there is none',
        },
      ),
    ),
    recoveryCodesLeft: Type.Integer(),
  }),
})

export const OwnSession = Type.Object({
  id: Type.String({ format: 'uuid' }),
  current: Type.Boolean({ description: 'True for the session of this request' }),
  method: literals([...signInMethods], 'Sign-in method'),
  startedAt: instant('Signed in'),
  usedAt: instant('Last used'),
  endsAt: instant('Expires then unless it is used before'),
  device: Type.Optional(Type.String({ description: 'Browser and operating system, such as: Firefox, Windows' })),
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
    'sign-in: in an unknown browser; directory: a number, unit or supervisor of the person changed; directory-ended: a number or placement was removed, or the employment ends earlier; second-factor-offer: the person has no second factor',
  ),
  at: instant('When'),
  device: Type.Optional(Type.String({ description: 'With sign-in: browser and operating system' })),
  method: Type.Optional(literals([...signInMethods], 'With sign-in')),
  by: Type.Optional(Type.String({ description: 'With links: administrator or operator' })),
  factor: Type.Optional(Type.String({ description: 'totp, passkey or identity-provider' })),
  lost: Type.Optional(
    Type.Boolean({ description: 'With directory: a number of the person was assigned to somebody else' }),
  ),
  ended: Type.Optional(literals(['number', 'place', 'employment'], 'With directory-ended')),
  seen: Type.Boolean(),
  own: Type.Boolean({ description: 'True if it was done in this session' }),
})

export const TotpEnrolment = Type.Object({
  id: Type.String({ format: 'uuid' }),
  secret: Type.String({ description: 'base32, for manual entry' }),
  uri: Type.String({ description: 'otpauth://totp/…, to show as a QR code' }),
  until: instant('Confirm before this'),
})

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Shown once; each can be used for one sign-in' }),
})

export const Link = Type.Object({
  kind: literals(['first-password', 'new-password'], 'First password, or a new one because it was forgotten'),
  path: Type.String({ description: '/welcome#token: shown once, not stored; not valid before its release' }),
  until: instant('Can be used once, before this instant'),
})

export const LinkSeen = Type.Object({
  kind: literals(
    ['first-password', 'new-password', 'first-person'],
    'first-person: the person enters their name and gets one of the two first roles',
  ),
  until: instant('Can be used once, before this instant'),
  userId: Type.Optional(Type.String({ description: 'User id of the person; absent with first-person' })),
  name: Type.Optional(Type.String()),
  role: Type.Optional(Role),
  rules: PasswordRules,
  secondFactor: literals(
    ['off', 'optional', 'required'],
    'Setting of the description, which decides the next step of the sign-in',
  ),
  awaits: Type.Optional(
    literals(
      ['release', 'code'],
      'release: not released by a second person yet; code: needs the code from the person who released it',
    ),
  ),
})

export const FactorRemoval = Type.Object({
  id: Type.String({ format: 'uuid' }),
  person: Type.Object({ id: Type.String({ format: 'uuid' }), userId: Type.String(), name: Type.String() }),
  askedBy: Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() }),
  askedAt: instant('Asked'),
  reason: Type.String(),
  mayDecide: Type.Boolean({
    description: 'True if the viewer may decide: has the right, did not request it, and is not the person',
  }),
})

export const PersonAccount = Type.Object({
  password: Type.Boolean({ description: 'Has a password' }),
  totp: Type.Boolean({ description: 'Has an authenticator enrolled' }),
  passkeys: Type.Integer(),
  link: Type.Optional(
    Type.Object({ madeAt: instant('Made'), until: instant('Valid until') }, { description: 'Unused' }),
  ),
  removal: Type.Optional(
    Type.Object(
      { id: Type.String({ format: 'uuid' }), askedAt: instant('Asked') },
      {
        description: 'A removal of the second factors that an access-rights approver must decide on',
      },
    ),
  ),
  mayMakeLink: Type.Boolean(),
  mayAskRemoval: Type.Boolean(),
})
