/** Every operation of the API: method, path, schemas. The OpenAPI document is made from this alone. */
import { accountOperations } from './account.ts'
import { anonymisedCopyOperations } from './anonymised-copies.ts'
import { authorityOperations } from './authority.ts'
import { callOperations } from './calls.ts'
import { captureSeenOperations } from './capture-seen.ts'
import { described } from './described.ts'
import { descriptionOperations } from './description.ts'
import { directoryOperations } from './directory.ts'
import { disclosureLogOperations } from './disclosure-log.ts'
import { endOperations } from './ends.ts'
import { instituteOperations } from './institutes.ts'
import { letterOperations } from './letters.ts'
import { logOperations } from './log.ts'
import { myCallsOperations } from './my-calls.ts'
import { officeOperations } from './offices.ts'
import { packageOperations } from './packages.ts'
import { provenSignInOperations } from './passkeys.ts'
import { pendingDisclosureOperations } from './pending-disclosures.ts'
import { affectedRequestOperations } from './affected-requests.ts'
import { planOperations } from './plan.ts'
import { qualityFormOperations } from './quality-forms.ts'
import { qualityOperations } from './quality.ts'
import { requestActOperations } from './request-acts.ts'
import { requestCallOperations } from './request-calls.ts'
import { requestStatisticsOperations } from './request-statistics.ts'
import { requestOperations } from './requests.ts'
import { recordOperations } from './records.ts'
import { reconciliationOperations } from './reconciliation.ts'
import { referralOperations } from './referrals.ts'
import { researchOperations } from './research.ts'
import { retentionOperations } from './retention.ts'
import { rightsOperations } from './rights.ts'
import * as schema from './schemas.ts'
import { startOperations } from './start.ts'
import { studyOperations } from './studies.ts'
import { trainingOperations } from './training.ts'
import { watchOperations } from './watch.ts'

export const operations = described({
  ...captureSeenOperations,
  ...descriptionOperations,
  ...directoryOperations,
  ...planOperations,
  ...startOperations,
  ...studyOperations,
  ...accountOperations,
  ...provenSignInOperations,
  ...rightsOperations,
  ...logOperations,
  ...watchOperations,
  ...reconciliationOperations,
  ...retentionOperations,
  ...endOperations,
  ...requestOperations,
  ...requestCallOperations,
  ...requestStatisticsOperations,
  ...officeOperations,
  ...letterOperations,
  ...pendingDisclosureOperations,
  ...affectedRequestOperations,
  ...requestActOperations,
  ...myCallsOperations,
  ...instituteOperations,
  ...researchOperations,
  ...anonymisedCopyOperations,
  ...packageOperations,
  ...authorityOperations,
  ...disclosureLogOperations,
  ...recordOperations,
  ...referralOperations,
  ...qualityFormOperations,
  ...qualityOperations,
  ...trainingOperations,
  readOrganisation: {
    route: 'GET /api/organisation',
    access: 'anyone',
    summary: 'Read the controller’s name; needs no session',
    response: { 200: schema.Organisation },
  },
  ...callOperations,
})
