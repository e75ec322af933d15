import { Link, useSearch } from '@tanstack/react-router'
import { Building2, FilePlus, ScrollText } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Me } from '../api/shapes.ts'
import { Notice } from '../controls/notice.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { AuthorityRows } from './authority-list.tsx'
import {
  isSecurity,
  seesAuthorityDisclosures,
  listsResearch,
  preparesResearch,
  readsLog,
  readDisclosureState,
  seesDisclosures,
} from './disclosure-shapes.ts'
import { PendingDisclosures } from './pending-disclosures.tsx'
import { Referrals } from './referrals.tsx'
import { ResearchRows } from './research-list.tsx'
import { useAuthorityList, useResearchList } from './use-disclosures.ts'

/** Luovutukset: to research institutes and to authorities, each for persons who may see them; others do not get this page. */
export function DisclosuresPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return seesDisclosures(presence.me) ? <Disclosures me={presence.me} /> : <NotFound />
}

function Disclosures({ me }: { me: Me }) {
  const { t } = useLanguage()
  const { state = 'open' } = useSearch({ from: '/disclosures', select: readDisclosureState, structuralSharing: true })
  return (
    <Page title={t('disclosures.title')} lead={t('disclosures.lead')} aside={<PageLinks me={me} />}>
      <nav aria-label={t('disclosures.which')} className="switcher">
        <ul>
          {(['open', 'over'] as const).map((one) => (
            <li key={one}>
              <Link
                to="/disclosures"
                search={one === 'over' ? { state: one } : {}}
                activeOptions={exactUrlMatch}
                aria-current={one === state ? 'true' : undefined}
              >
                {t(`disclosures.which.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {state === 'open' && <PendingDisclosures me={me} />}
      {listsResearch(me) && <Research me={me} state={state} />}
      {seesAuthorityDisclosures(me) && <Authorities me={me} state={state} />}
    </Page>
  )
}

function PageLinks({ me }: { me: Me }) {
  const { t } = useLanguage()
  return (
    <div className="actions">
      {listsResearch(me) && (
        <Link to="/disclosures/institutes" className="button button-secondary">
          <Building2 aria-hidden="true" size={18} />
          {t('disclosures.institutes.title')}
        </Link>
      )}
      {readsLog(me) && (
        <Link to="/disclosures/log" className="button button-secondary">
          <ScrollText aria-hidden="true" size={18} />
          {t('disclosures.log.title')}
        </Link>
      )}
    </div>
  )
}

function Research({ me, state }: { me: Me; state: 'open' | 'over' }) {
  const { t } = useLanguage()
  const query = useResearchList(me, state)
  const { data } = query
  const late = data?.items.filter(({ isOverdue }) => isOverdue).length ?? 0
  return (
    <Part
      id="disclosures-research"
      title={t('disclosures.research')}
      begin={
        preparesResearch(me) && (
          <Link to="/disclosures/research/new" className="button button-primary">
            <FilePlus aria-hidden="true" size={18} />
            {t('disclosures.research.begin')}
          </Link>
        )
      }
    >
      <Loaded query={query} lines={4} />
      {late > 0 && (
        <Notice kind="error" title={t('disclosures.overdue', { count: late })}>
          {t('disclosures.overdue.what')}
        </Notice>
      )}
      {data?.items.length === 0 && <Notice kind="info">{t(`disclosures.research.none.${state}`)}</Notice>}
      {data && data.items.length > 0 && <ResearchRows items={data.items} me={me} label="disclosures-research" />}
      {data && state === 'open' && preparesResearch(me) && <Referrals kind="RESEARCH" open={data.items} />}
    </Part>
  )
}

function Authorities({ me, state }: { me: Me; state: 'open' | 'over' }) {
  const { t } = useLanguage()
  const query = useAuthorityList(me, state)
  const { data } = query
  const urgent = data?.items.filter(({ urgentAt }) => urgentAt).length ?? 0
  return (
    <Part
      id="disclosures-authority"
      title={t('disclosures.authority')}
      begin={
        isSecurity(me) && (
          <Link to="/disclosures/authority/new" className="button button-primary">
            <FilePlus aria-hidden="true" size={18} />
            {t('disclosures.authority.enter')}
          </Link>
        )
      }
    >
      <Loaded query={query} lines={4} />
      {urgent > 0 && <Notice kind="warning">{t('disclosures.urgent', { count: urgent })}</Notice>}
      {data?.items.length === 0 && <Notice kind="info">{t(`disclosures.authority.none.${state}`)}</Notice>}
      {data && data.items.length > 0 && <AuthorityRows items={data.items} label="disclosures-authority" />}
      {data && state === 'open' && isSecurity(me) && <Referrals kind="AUTHORITY" open={data.items} />}
    </Part>
  )
}

function Part({ id, title, begin, children }: { id: string; title: string; begin: ReactNode; children: ReactNode }) {
  return (
    <section className="stack-small disclosures-part" aria-labelledby={id}>
      <div className="request-step-head">
        <h2 id={id}>{title}</h2>
        {begin}
      </div>
      {children}
    </section>
  )
}
