/**
 * Start page: tasks that wait for this person, in every area; below them the daily overview of their role. Shows no contacts,
 * because these require a purpose.
 */
import { NewNotices } from '../account/notices.tsx'
import { $api } from '../api/client.ts'
import { runsCapture } from '../capture/capture-shapes.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { DirectoryChanges } from '../people/directory-changes.tsx'
import { FactorRemovals } from '../people/factor-removals.tsx'
import { hasRole } from '../session/rights.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { isDataProtectionOfficer } from '../shell/screens.ts'
import { makesStudies } from '../studies/question.ts'
import { OperationOverview } from './operation-overview.tsx'
import { SetupSection } from './setup-section.tsx'
import { TodayOverview } from './today-overview.tsx'
import { WaitingSection } from './waiting-section.tsx'
import { DataProtectionOverview } from './data-protection-overview.tsx'

export function StartPage() {
  const { t } = useLanguage()
  const me = useMe()
  return (
    <Page title={t('shell.nav.start')} className="start">
      <WaitingSection me={me} />
      <NewNotices />
      {hasRole(me, 'ACCESS_APPROVER', 'ADMINISTRATOR') && <DirectoryChanges />}
      {hasRole(me, 'ACCESS_APPROVER', 'ADMINISTRATOR') && <FactorRemovals />}
      {runsCapture(me) && <SetupSection me={me} />}
      {makesStudies(me) && <TodayOverview />}
      {isDataProtectionOfficer(me) && <DataProtectionOverview />}
      {runsCapture(me) && <OperationOverview />}
      <VersionInForce />
    </Page>
  )
}

function VersionInForce() {
  const { t, language } = useLanguage()
  const { data } = $api.useQuery('get', '/api/description/versions', undefined, { staleTime: 60_000 })
  const now = data?.items.find(({ state }) => state === 'in-force')
  const coming = data?.items.filter(({ state }) => state === 'coming') ?? []
  const sentence = (key: 'start.inForce' | 'description.versions.next', version: number, from: string) =>
    t(key, { version, time: formatInstant(from, language) })
  return (
    <div className="muted small-text">
      {now && <p>{sentence('start.inForce', now.version, now.effectiveFrom)}</p>}
      {coming.map(({ version, effectiveFrom }) => (
        <p key={version}>{sentence('description.versions.next', version, effectiveFrom)}</p>
      ))}
    </div>
  )
}
