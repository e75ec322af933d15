/**
 * Sign-in and the user's own account: passwords, second factors, sessions, one-time links (R20).
 * Answered in ../account/account-routes.ts, ../account/session-routes.ts and ../account/link-routes.ts.
 *
 * Steps of a sign-in: signIn with a user id and a password answers 200 with Me, or 401 with a pending cookie.
 * After 401 `session.second-factor`, call giveSecondFactor. After 401 `session.enrolment` (the description requires a second
 * factor and the person has none), call beginTotp and confirmTotp, which complete the sign-in.
 * Each successful step sets a new token. All other operations treat a browser with a pending cookie as not signed in.
 */
import Type from 'typebox'
import {
  Account,
  AccountNotice,
  FactorRemoval,
  Link,
  LinkSeen,
  LinkToken,
  Otp,
  OwnSession,
  Password,
  PasswordProblem,
  PersonAccount,
  RecoveryCode,
  RecoveryCodes,
  SignInOptions,
  TotpEnrolment,
  accountRefusals,
} from './account-shapes.ts'
import * as schema from './schemas.ts'
import { attempts, fewAttempts, literals } from './shapes.ts'

export const accountOperations = {
  signInOptions: {
    route: 'GET /api/sign-in-options',
    access: 'anyone',
    summary: 'Available sign-in methods; needs no session',
    response: { 200: SignInOptions, ...accountRefusals },
  },
  signIn: {
    route: 'POST /api/session',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Sign in with a user id and a password, and the authenticator’s code if it is known to be needed',
    body: schema.SignIn,
    response: { 200: schema.Me, ...accountRefusals },
  },
  giveSecondFactor: {
    route: 'POST /api/session/second-factor',
    access: 'asks-itself',
    config: fewAttempts,
    summary: 'Complete a sign-in that awaits a second factor; needs one of the two fields',
    body: { otp: Type.Optional(Otp), recoveryCode: Type.Optional(RecoveryCode) },
    response: { 200: schema.Me, ...accountRefusals },
  },
  whoAmI: {
    route: 'GET /api/session',
    access: 'asks-itself',
    summary: 'Read the current user and their rights; 401 with the missing step while a sign-in is in progress',
    response: { 200: schema.Me, ...accountRefusals },
  },
  signOut: {
    route: 'DELETE /api/session',
    access: 'asks-itself',
    summary: 'Sign out',
    response: { 204: Type.Null() },
  },
  readAccount: {
    route: 'GET /api/account',
    summary: 'Read the sign-in methods of one’s own account',
    response: { 200: Account, ...accountRefusals },
  },
  checkPassword: {
    route: 'POST /api/password-check',
    access: 'asks-itself',
    config: attempts(240),
    summary: 'Check a new password before it is set, in one’s own session or with a one-time link',
    body: {
      password: Type.String({ maxLength: 1024 }),
      link: Type.Optional(LinkToken),
      userId: Type.Optional(Type.String({ maxLength: 64, description: 'With a link of kind first-person' })),
      name: Type.Optional(Type.String({ maxLength: 200, description: 'With a link of kind first-person' })),
    },
    response: {
      200: Type.Object({ problems: Type.Array(PasswordProblem, { description: 'Empty if the password is accepted' }) }),
      ...accountRefusals,
    },
  },
  changePassword: {
    route: 'POST /api/account/password',
    config: fewAttempts,
    summary: 'Change one’s own password; ends the other sessions',
    body: { current: Password, password: Password },
    response: { 204: Type.Null(), ...accountRefusals },
  },
  beginTotp: {
    route: 'POST /api/account/totp',
    access: 'asks-itself',
    config: fewAttempts,
    summary: 'Begin to enrol an authenticator; in a sign-in that awaits enrolment, the password is not needed',
    body: { password: Type.Optional(Password) },
    response: { 201: TotpEnrolment, ...accountRefusals },
  },
  confirmTotp: {
    route: 'POST /api/account/totp/confirmation',
    access: 'asks-itself',
    config: fewAttempts,
    summary:
      'Confirm the authenticator with a code; completes a sign-in that awaits enrolment, and ends the other sessions',
    body: { id: Type.String({ format: 'uuid' }), otp: Otp },
    response: { 200: RecoveryCodes, ...accountRefusals },
  },
  removeTotp: {
    route: 'POST /api/account/totp/removal',
    config: fewAttempts,
    summary:
      'Remove one’s authenticator and recovery codes, if no second factor is required and the password is long enough',
    body: { password: Password, otp: Type.Optional(Otp), recoveryCode: Type.Optional(RecoveryCode) },
    response: { 204: Type.Null(), ...accountRefusals },
  },
  renewRecoveryCodes: {
    route: 'POST /api/account/recovery-codes',
    config: fewAttempts,
    summary: 'Create new recovery codes; the old ones become invalid',
    body: { otp: Otp },
    response: { 200: RecoveryCodes, ...accountRefusals },
  },
  provePresence: {
    route: 'POST /api/session/proof',
    config: fewAttempts,
    summary:
      'Confirm one’s identity again after 403 confirm.fresh, with the password, or with the second factor if there is one; with a passkey, confirm session.prove of one’s own person id (confirmations) instead',
    body: { password: Type.Optional(Password), otp: Type.Optional(Otp), recoveryCode: Type.Optional(RecoveryCode) },
    response: { 204: Type.Null(), ...accountRefusals },
  },
  listNotices: {
    route: 'GET /api/account/notices',
    summary: 'List the notices about one’s own account, newest first, at most 100',
    response: { 200: Type.Object({ items: Type.Array(AccountNotice) }), ...accountRefusals },
  },
  seeNotices: {
    route: 'POST /api/account/notices/seen',
    summary: 'Mark notices as seen',
    body: { ids: Type.Array(Type.String({ format: 'uuid' }), { maxItems: 100 }) },
    response: { 204: Type.Null(), ...accountRefusals },
  },
  listSessions: {
    route: 'GET /api/account/sessions',
    summary: 'List one’s own open sessions',
    response: { 200: Type.Object({ items: Type.Array(OwnSession) }), ...accountRefusals },
  },
  endSession: {
    route: 'DELETE /api/account/sessions/:id',
    summary: 'End one of one’s own sessions',
    response: { 204: Type.Null(), ...accountRefusals },
  },
  endSessions: {
    route: 'DELETE /api/account/sessions',
    summary: 'End all of one’s own sessions, or all but this one; known browsers are forgotten',
    querystring: { keep: Type.Optional(literals(['this', 'none'], 'Default: none')) },
    response: { 200: Type.Object({ ended: Type.Integer() }), ...accountRefusals },
  },
  lookAtLink: {
    route: 'POST /api/links/look',
    access: 'anyone',
    config: fewAttempts,
    summary: 'Read the purpose of a one-time link; needs no session',
    body: { token: LinkToken },
    response: { 200: LinkSeen, ...accountRefusals },
  },
  useLink: {
    route: 'POST /api/links/use',
    access: 'anyone',
    config: fewAttempts,
    summary:
      'Use a one-time link to set the password. The person must sign in afterwards, with a second factor if there is one',
    body: {
      token: LinkToken,
      password: Password,
      code: Type.Optional(
        Type.String({ maxLength: 64, description: 'Code from the person who released the link, if it needs one' }),
      ),
      userId: Type.Optional(
        Type.String({ minLength: 1, maxLength: 64, description: 'Needed with first-person; not allowed otherwise' }),
      ),
      name: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'Needed with first-person; not allowed otherwise' }),
      ),
    },
    response: { 200: Type.Object({ userId: Type.String() }), ...accountRefusals },
  },
  readPersonAccount: {
    route: 'GET /api/people/:id/account',
    summary: 'Read a person’s sign-in methods, for administrators',
    response: { 200: PersonAccount, ...accountRefusals },
  },
  makeLink: {
    route: 'POST /api/people/:id/links',
    summary:
      'Request a one-time link for a first or forgotten password. It is not valid before a second person releases it (directory-changes). An earlier unused link becomes invalid',
    response: { 201: Link, ...accountRefusals },
  },
  endPersonsSessions: {
    route: 'DELETE /api/people/:id/sessions',
    summary: 'End every session of a person, as an administrator; known browsers are forgotten',
    response: { 200: Type.Object({ ended: Type.Integer() }), ...accountRefusals },
  },
  askFactorRemoval: {
    route: 'POST /api/people/:id/factor-removals',
    summary: 'Request the removal of a person’s second factors, as an administrator',
    body: { reason: Type.String({ minLength: 1, maxLength: 500 }) },
    response: { 201: FactorRemoval, ...accountRefusals },
  },
  listFactorRemovals: {
    route: 'GET /api/factor-removals',
    summary: 'List requested removals, for administrators and access-rights approvers',
    response: { 200: Type.Object({ items: Type.Array(FactorRemoval) }), ...accountRefusals },
  },
  decideFactorRemoval: {
    route: 'POST /api/factor-removals/:id/decision',
    summary: 'Confirm or refuse a removal, as an access-rights approver who did not request it and is not the person',
    body: { confirm: Type.Boolean() },
    response: { 204: Type.Null(), ...accountRefusals },
  },
} as const
