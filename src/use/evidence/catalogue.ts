import type { PromiseId } from '#description/promises.ts'
import { accessPersonal, rightsGranted, rightsMaintenanceSecurity, rightsOwn } from './access-promises.ts'
import { historyAdmitted } from './history-admitted.ts'
import { recordingAsDrawn } from './recording-as-drawn.ts'
import { descriptionCurrent } from './description-current.ts'
import { disclosuresRecalled, disclosuresReturned } from './disclosure-promises.ts'
import { historyComplete, historyFields, historyShowsRecordings, historyTerm } from './history-promises.ts'
import { recordingsCeiling, recordingsFloor, recordingsStay } from './retention-promises.ts'
import { logWhole } from './log-promises.ts'
import type { Check } from './promise.ts'
import { purposesClosed } from './purposes-closed.ts'
import { neverSwitchboard, recordingPartial, withinSignals } from './recording-promises.ts'
import { disclosuresAnonymised, disclosuresFounded } from './release-promises.ts'
import { inspectionsAtOffice, prohibitionsObeyed } from './request-promises.ts'
import { rightsScope } from './rights-scope.ts'
import { storageSites } from './storage-sites.ts'
import { transcriptsAsDescribed } from './transcripts-as-described.ts'

export const catalogue: Readonly<Record<PromiseId, Check>> = {
  'description.current': descriptionCurrent,
  'purposes.closed': purposesClosed,
  'history.complete': historyComplete,
  'history.admitted': historyAdmitted,
  'history.fields': historyFields,
  'recording.partial': recordingPartial,
  'recording.never-switchboard': neverSwitchboard,
  'recording.as-drawn': recordingAsDrawn,
  'recording.within-signals': withinSignals,
  'storage.sites': storageSites,
  'access.personal': accessPersonal,
  'log.whole': logWhole,
  'history.term': historyTerm,
  'recordings.floor': recordingsFloor,
  'recordings.ceiling': recordingsCeiling,
  'recordings.stay': recordingsStay,
  'disclosures.returned': disclosuresReturned,
  'disclosures.recalled': disclosuresRecalled,
  'disclosures.anonymised': disclosuresAnonymised,
  'transcripts.as-described': transcriptsAsDescribed,
  'disclosures.founded': disclosuresFounded,
  'rights.granted': rightsGranted,
  'rights.scope': rightsScope,
  'rights.own': rightsOwn,
  'rights.maintenance-security': rightsMaintenanceSecurity,
  'inspections.at-office': inspectionsAtOffice,
  'prohibitions.obeyed': prohibitionsObeyed,
  'history.tells-recorded': historyShowsRecordings,
}
