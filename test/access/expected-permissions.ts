/**
 * Expected permissions: which role may call which operation, on an own call or another's. Written by hand from the clauses of
 * docs/law (R36 to R41 on roles) and the access-authorisation procedure, independently of the program.
 */

export const everyRole = [
  'nobody',
  'without-right',
  'right-ended',
  'OFFICIAL',
  'SUPERVISOR',
  'QUALITY',
  'TRAINING',
  'MAINTENANCE',
  'SECURITY',
  'SERVICE_UNIT',
  'DECISION_MAKER',
  'ACCESS_APPROVER',
  'ADMINISTRATOR',
  'DATA_PROTECTION_OFFICER',
] as const
/** Who calls an operation: a holder of this role; `nobody` has not signed in. */
export type Principal = (typeof everyRole)[number]

/** Relation of a call to the principal. `own`: a call that the official answered, in the supervisor's unit, to a number of the experts. `others`: none of these. */
export type CallRelation = 'own' | 'others'

const everybody = [...everyRole]
const signedIn = everybody.filter((principal) => principal !== 'nobody')
const seesAll: Principal[] = ['MAINTENANCE', 'SECURITY', 'SERVICE_UNIT']
const seesOwn: Principal[] = ['OFFICIAL', 'SUPERVISOR', 'QUALITY', 'TRAINING', ...seesAll]
const content = { own: seesOwn, others: seesAll }
const seesRetention: Principal[] = [
  'ADMINISTRATOR',
  'DATA_PROTECTION_OFFICER',
  'DECISION_MAKER',
  'SECURITY',
  'MAINTENANCE',
]
const operatesFeeds: Principal[] = ['DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE']
/** Own calls as the official; as the Service Unit, calls of a request whose party asks (R46, R49). */
const forbids = { own: ['OFFICIAL', 'SERVICE_UNIT'] as Principal[], others: ['SERVICE_UNIT'] as Principal[] }
const setsUpOffices: Principal[] = ['SERVICE_UNIT', 'ADMINISTRATOR']
const knowsOfOrders: Principal[] = ['SECURITY', 'DECISION_MAKER']
const knowsOfAuthorities: Principal[] = ['SECURITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER']
const evaluates: Principal[] = ['QUALITY', 'SUPERVISOR']
const trains: Principal[] = ['SUPERVISOR', 'TRAINING']
const runsCapture: Principal[] = ['ADMINISTRATOR', 'MAINTENANCE']
const drafters: Principal[] = ['QUALITY', 'ADMINISTRATOR']

type Rule = readonly Principal[] | Record<CallRelation, readonly Principal[]> | { missing: readonly Principal[] }

/** `missing`: the roles may, but the object named by the request does not exist. */
const rules: Record<string, Rule> = {
  // Public, or for signed-in people.
  readOrganisation: everybody,
  listVersions: everybody,
  whoAmI: signedIn,
  listNumbers: signedIn,
  readPlan: signedIn,
  readVersion: signedIn,
  readEvidence: signedIn,
  listUnits: signedIn,
  listDrafts: signedIn,
  // Each role gets only its own rows of the list.
  listWaiting: signedIn,
  // Content: history and recordings.
  listContacts: seesOwn,
  watchCalls: seesOwn,
  readShares: seesOwn,
  // Counts for studies. The expert of these tests holds only QUALITY, and an official may not count own calls.
  readStudy: ['SUPERVISOR'],
  watchToday: ['SUPERVISOR'],
  readContact: content,
  revealCaller: content,
  startListening: content,
  readAudio: content,
  readPeaks: content,
  endListening: content,
  followListening: content,
  paceListening: content,
  // Retention counts.
  readRetention: seesRetention,
  readDue: seesRetention,
  confirmClock: ['ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER'],
  listPlacesOfData: ['ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'MAINTENANCE'],
  // Observations of capture: counts, names and the signalling of calls.
  readReception: runsCapture,
  listClients: runsCapture,
  readClient: { missing: runsCapture },
  listCaptureNodes: runsCapture,
  listBlockers: runsCapture,
  readSetup: runsCapture,
  listCallFlows: runsCapture,
  readCallFlow: { missing: runsCapture },
  // Destruction before the term ends, and preservation orders, which postpone it.
  forbidUse: forbids,
  deleteRecording: [],
  listHolds: knowsOfOrders,
  enterHold: { missing: ['SECURITY'] },
  renewHold: { missing: knowsOfOrders },
  endHold: { missing: knowsOfOrders },
  // Requests of callers and officials (R45).
  listRequests: ['SERVICE_UNIT'],
  listHomeRequests: ['SERVICE_UNIT'],
  acceptHomeRequest: { missing: ['SERVICE_UNIT'] },
  discardHomeRequest: { missing: ['SERVICE_UNIT'] },
  nameCall: { missing: ['SERVICE_UNIT'] },
  narrowCall: { missing: ['SERVICE_UNIT'] },
  verifyCall: { missing: ['SERVICE_UNIT'] },
  giveUpCall: { missing: ['SERVICE_UNIT'] },
  withdrawCall: { missing: ['SERVICE_UNIT'] },
  enterRequest: ['SERVICE_UNIT'],
  readRequest: { missing: ['SERVICE_UNIT'] },
  changeRequest: { missing: ['SERVICE_UNIT'] },
  assignRequest: { missing: ['SERVICE_UNIT'] },
  identifyRequester: { missing: ['SERVICE_UNIT'] },
  extendRequest: { missing: ['SERVICE_UNIT'] },
  closeRequest: { missing: ['SERVICE_UNIT'] },
  readRequestStatistics: ['SERVICE_UNIT', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER'],
  // Offices and listening rooms. Everybody may ask for their room: who is in none gets an error, not a denial.
  listOffices: setsUpOffices,
  enterOffice: setsUpOffices,
  changeOffice: { missing: setsUpOffices },
  listSlots: ['SERVICE_UNIT'],
  addSlots: { missing: ['SERVICE_UNIT'] },
  removeSlot: { missing: ['SERVICE_UNIT'] },
  listFreeSlots: { missing: ['SERVICE_UNIT'] },
  bookAppointment: { missing: ['SERVICE_UNIT'] },
  bookNow: { missing: ['SERVICE_UNIT'] },
  noteOutcome: { missing: ['SERVICE_UNIT'] },
  listAppointments: ['SERVICE_UNIT'],
  listPendingRights: ['SERVICE_UNIT'],
  makeWorkstationCode: { missing: setsUpOffices },
  enrolWorkstation: setsUpOffices,
  readWorkstation: signedIn,
  endWorkstation: { missing: setsUpOffices },
  openRoom: { missing: ['SERVICE_UNIT'] },
  readRoom: signedIn,
  closeRoom: signedIn,
  listRecalls: ['DECISION_MAKER'],
  confirmRecall: { missing: ['DECISION_MAKER'] },
  // Disclosures to research institutes (R28-R35).
  listInstitutes: ['QUALITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER'],
  addInstitute: ['QUALITY', 'DECISION_MAKER'],
  changeInstitute: { missing: ['QUALITY', 'DECISION_MAKER'] },
  listResearch: ['QUALITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER'],
  beginResearch: { missing: ['QUALITY'] },
  readResearch: { missing: ['QUALITY', 'DECISION_MAKER'] },
  changeResearch: { missing: ['QUALITY'] },
  withdrawResearch: { missing: ['QUALITY', 'DECISION_MAKER'] },
  pickItem: { missing: ['QUALITY'] },
  dropItem: { missing: ['QUALITY'] },
  fileUndertaking: { missing: ['QUALITY'] },
  decideResearch: { missing: ['DECISION_MAKER'] },
  endStudy: { missing: ['QUALITY', 'DECISION_MAKER'] },
  confirmItem: { missing: ['QUALITY', 'DECISION_MAKER'] },
  closeResearch: { missing: ['QUALITY', 'DECISION_MAKER'] },
  askExtension: { missing: ['QUALITY'] },
  decideExtension: { missing: ['DECISION_MAKER'] },
  listDisclosures: ['DECISION_MAKER', 'DATA_PROTECTION_OFFICER'],
  exportRecords: ['DECISION_MAKER', 'DATA_PROTECTION_OFFICER'],
  listPendingDisclosures: ['QUALITY', 'SECURITY', 'DECISION_MAKER'],
  // The sample request asks for referrals to research; other referrals belong to the security unit.
  listReferrals: ['QUALITY'],
  takeUpReferral: { missing: ['QUALITY'] },
  readDisclosureStatistics: ['DECISION_MAKER', 'DATA_PROTECTION_OFFICER'],
  // Anonymised copies (R33); another person’s playback is not found.
  beginCopy: { missing: ['QUALITY'] },
  readCopy: { missing: ['QUALITY'] },
  saveCopy: { missing: ['QUALITY'] },
  proposeForCopy: { missing: ['QUALITY'] },
  recogniseCopy: { missing: ['QUALITY'] },
  renderCopy: { missing: ['QUALITY'] },
  hearCopy: { missing: ['QUALITY'] },
  hearCopyAudio: { missing: signedIn },
  checkCopy: { missing: ['QUALITY'] },
  readPrivacyReport: { missing: ['QUALITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER'] },
  // Releases (R27).
  releaseResearch: { missing: ['DECISION_MAKER'] },
  releaseToAuthority: { missing: ['DECISION_MAKER'] },
  withdrawPackage: { missing: ['DECISION_MAKER'] },
  savePackage: { missing: ['DECISION_MAKER'] },
  // Disclosures to authorities (R34).
  listAuthorityDisclosures: knowsOfAuthorities,
  enterAuthorityDisclosure: ['SECURITY'],
  readAuthorityDisclosure: { missing: knowsOfAuthorities },
  changeAuthorityDisclosure: { missing: ['SECURITY'] },
  addAuthorityItem: { missing: ['SECURITY'] },
  dropAuthorityItem: { missing: ['SECURITY'] },
  assessAuthorityDisclosure: { missing: ['SECURITY'] },
  decideAuthorityDisclosure: { missing: ['DECISION_MAKER'] },
  closeAuthorityDisclosure: { missing: ['DECISION_MAKER'] },
  // Quality evaluation (R4, R37, R38): for its experts and the officials' supervisors; released evaluations for their
  // official.
  listQualityForms: evaluates,
  readQualityForm: { missing: evaluates },
  beginQualityForm: ['QUALITY'],
  saveQualityForm: { missing: ['QUALITY'] },
  publishQualityForm: { missing: ['QUALITY'] },
  listSamplingPlans: evaluates,
  beginSamplingPlan: ['QUALITY'],
  endSamplingPlan: { missing: ['QUALITY'] },
  listEvaluations: evaluates,
  readEvaluation: { missing: evaluates },
  beginEvaluation: { missing: evaluates },
  saveEvaluation: { missing: evaluates },
  releaseEvaluation: { missing: evaluates },
  setEvaluationAside: { missing: evaluates },
  answerDisagreement: { missing: evaluates },
  listOwnEvaluations: ['OFFICIAL'],
  acknowledgeEvaluation: { missing: ['OFFICIAL'] },
  disagreeWithEvaluation: { missing: ['OFFICIAL'] },
  listCalibrations: evaluates,
  beginCalibration: { missing: ['QUALITY'] },
  joinCalibration: { missing: evaluates },
  closeCalibration: { missing: ['QUALITY'] },
  readQualityResults: evaluates,
  // Training (R4, R38).
  listCollections: trains,
  beginCollection: trains,
  readCollection: { missing: trains },
  saveCollection: { missing: trains },
  endCollection: { missing: trains },
  addMoment: { missing: trains },
  orderMoments: { missing: trains },
  saveMoment: { missing: trains },
  removeMoment: { missing: trains },
  findTrainees: trains,
  listTrainings: trains,
  listOwnTrainings: ['OFFICIAL'],
  beginTraining: { missing: trains },
  readTraining: { missing: trains },
  enterTrainee: { missing: trains },
  removeTrainee: { missing: trains },
  endTraining: { missing: trains },
  // Requests that the switches for the GDPR and Act 621/1999 add.
  makeCopy: { missing: ['SERVICE_UNIT'] },
  withdrawCopy: { missing: ['SERVICE_UNIT'] },
  proposeCorrection: { missing: ['SERVICE_UNIT'] },
  listRequestDecisions: ['DECISION_MAKER'],
  decideCorrection: { missing: ['DECISION_MAKER'] },
  decideOpenness: { missing: ['DECISION_MAKER'] },
  // Destructions.
  listLedger: ['ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'SECURITY', 'MAINTENANCE'],
  readDestruction: content,
  // A call that nobody forbade has no certificate; an official needs the purpose INSPECTION for own calls.
  readCertificate: { missing: ['SERVICE_UNIT'] },
  // The description: drafted by an administrator or quality expert, decided by the decision maker.
  startDraft: drafters,
  readDraft: { missing: signedIn },
  changeDraft: { missing: drafters },
  tryDraft: { missing: signedIn },
  submitDraft: { missing: drafters },
  takeBackDraft: { missing: drafters },
  withdrawDraft: { missing: drafters },
  importNumbers: { missing: drafters },
  decideDraft: { missing: ['DECISION_MAKER'] },
  // The directory.
  listPeople: ['ADMINISTRATOR', 'SUPERVISOR'],
  readPerson: { missing: ['ADMINISTRATOR', 'SUPERVISOR'] },
  enterPerson: ['ADMINISTRATOR'],
  changePerson: { missing: ['ADMINISTRATOR'] },
  importPeople: ['ADMINISTRATOR'],
  // Sign-in and one's own account.
  signInOptions: everybody,
  signIn: [],
  giveSecondFactor: [],
  signOut: signedIn,
  readAccount: signedIn,
  checkPassword: signedIn,
  changePassword: signedIn,
  // Needs the password, which no request here contains.
  beginTotp: [],
  confirmTotp: signedIn,
  removeTotp: signedIn,
  renewRecoveryCodes: signedIn,
  listSessions: signedIn,
  endSession: { missing: signedIn },
  endSessions: signedIn,
  askPasskeySignIn: everybody,
  signInWithPasskey: [],
  askPasskeyFactor: [],
  givePasskeyFactor: [],
  listPasskeys: signedIn,
  askPasskey: signedIn,
  // Needs a passkey, which nobody here has.
  addPasskey: [],
  removePasskey: { missing: signedIn },
  askConfirmation: signedIn,
  confirmAct: [],
  beginIdentityProvider: [],
  finishIdentityProvider: [],
  signOutOfIdentityProvider: signedIn,
  lookAtLink: [],
  useLink: [],
  // Own session and account.
  provePresence: signedIn,
  listNotices: signedIn,
  seeNotices: signedIn,
  // A second person decides; the requester withdraws.
  listDirectoryChanges: ['ACCESS_APPROVER', 'ADMINISTRATOR'],
  decideDirectoryChange: { missing: ['ACCESS_APPROVER', 'ADMINISTRATOR'] },
  withdrawDirectoryChange: { missing: signedIn },
  endPersonsSessions: { missing: ['ADMINISTRATOR'] },
  readPersonAccount: { missing: ['ADMINISTRATOR'] },
  makeLink: { missing: ['ADMINISTRATOR'] },
  askFactorRemoval: { missing: ['ADMINISTRATOR'] },
  listFactorRemovals: ['ACCESS_APPROVER', 'ADMINISTRATOR'],
  decideFactorRemoval: { missing: ['ACCESS_APPROVER'] },
  // The access-authorisation procedure.
  readRightsOffer: signedIn,
  requestRights: signedIn,
  listRightRequests: signedIn,
  decideRightRequest: { missing: ['ACCESS_APPROVER'] },
  withdrawRightRequest: { missing: signedIn },
  listRightHolders: ['ACCESS_APPROVER', 'ADMINISTRATOR', 'SUPERVISOR', 'DATA_PROTECTION_OFFICER'],
  readPersonsRights: { missing: ['ACCESS_APPROVER', 'ADMINISTRATOR', 'SUPERVISOR', 'DATA_PROTECTION_OFFICER'] },
  listRightsToReview: ['ACCESS_APPROVER', 'SUPERVISOR', 'DATA_PROTECTION_OFFICER'],
  reviewRight: { missing: ['ACCESS_APPROVER'] },
  revokeRight: { missing: signedIn },
  // Oversight: the log, alarms and reviews.
  readLog: ['DATA_PROTECTION_OFFICER'],
  readLogEntry: { missing: ['DATA_PROTECTION_OFFICER'] },
  readLogState: ['DATA_PROTECTION_OFFICER'],
  listLogVerifications: ['DATA_PROTECTION_OFFICER'],
  startLogVerification: ['DATA_PROTECTION_OFFICER'],
  cancelLogVerification: { missing: ['DATA_PROTECTION_OFFICER'] },
  // For maintenance and administrators: blockers only.
  listAlarms: ['DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE'],
  seeAlarm: { missing: ['DATA_PROTECTION_OFFICER'] },
  closeAlarm: { missing: ['DATA_PROTECTION_OFFICER'] },
  // Differences between feeds and recordings, without names or numbers.
  readReconciliation: operatesFeeds,
  listUnreconciled: operatesFeeds,
  listFeedProblems: operatesFeeds,
  explainUnreconciled: { missing: ['DATA_PROTECTION_OFFICER'] },
  listReviews: ['DATA_PROTECTION_OFFICER'],
  readReview: ['DATA_PROTECTION_OFFICER'],
  signOffReview: { missing: ['DATA_PROTECTION_OFFICER'] },
  // Views of the official's own calls, empty for people who never answered a call; for the Service Unit, of any call.
  readLooksAtMyCalls: signedIn,
  readMyCallActs: signedIn,
  readLooksAtContact: { own: ['SERVICE_UNIT'], others: ['SERVICE_UNIT'] },
  draftLetter: { missing: ['SERVICE_UNIT'] },
  readLetter: { missing: ['SERVICE_UNIT'] },
  readLetterPdf: { missing: ['SERVICE_UNIT'] },
  noteDelivery: { missing: ['SERVICE_UNIT'] },
  tellPendingRight: { missing: ['SERVICE_UNIT'] },
  removeLetter: { missing: ['SERVICE_UNIT'] },
  listLetterTemplates: ['SERVICE_UNIT', 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER'],
  changeLetterTemplate: ['SERVICE_UNIT', 'ADMINISTRATOR'],
  previewLetterTemplate: ['SERVICE_UNIT', 'ADMINISTRATOR'],
}

/** Returns the relations of calls with which an operation is tried: both for content and prohibitions, otherwise own calls only. */
export function relationsOf(operation: string): readonly CallRelation[] {
  return rules[operation] === content || rules[operation] === forbids ? ['own', 'others'] : ['own']
}

/** Returns true if the principal may; `found-or-not` if they may but the named object does not exist. */
export function mayCall(operation: string, principal: Principal, relation: CallRelation): boolean | 'found-or-not' {
  const rule = rules[operation]
  if (!rule) throw new Error(`expected-permissions.ts has no rule for ${operation}: add one`)
  if ('missing' in rule) return rule.missing.includes(principal) && 'found-or-not'
  return (Array.isArray(rule) ? rule : (rule as Record<CallRelation, readonly Principal[]>)[relation]).includes(
    principal,
  )
}
