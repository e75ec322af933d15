import { TriangleAlert } from 'lucide-react'
import type { Me } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { listsResearch, opensResearch, type Institute } from './disclosure-shapes.ts'
import { InstituteForm } from './institute-form.tsx'
import { invalidateLists, useInstitutes } from './use-disclosures.ts'

/** Research institutes that recordings may be disclosed to, and their contacts. */
export function InstitutesPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return listsResearch(presence.me) ? <Institutes me={presence.me} /> : <NotFound />
}

function Institutes({ me }: { me: Me }) {
  const { t } = useLanguage()
  const query = useInstitutes(me)
  const { data, refetch } = query
  const mayChange = opensResearch(me)
  const done = async (text: string, heading: string) => {
    invalidateLists()
    await refetch()
    announce(text)
    focusHeading(heading)
  }
  return (
    <Page
      title={t('disclosures.institutes.title')}
      lead={t('disclosures.institutes.lead')}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
    >
      {mayChange && (
        <div className="stack request-step-body">
          <InstituteForm onDone={() => void done(t('disclosures.institutes.added'), 'institutes-list')} />
        </div>
      )}
      <h2 id="institutes-list" tabIndex={-1} className="visually-hidden">
        {t('disclosures.institutes.title')}
      </h2>
      <Loaded query={query} lines={4} />
      {data?.items.length === 0 && <Notice kind="info">{t('disclosures.institutes.none')}</Notice>}
      {data?.items.map((institute) => (
        <InstituteCard
          key={institute.id}
          institute={institute}
          mayChange={mayChange}
          onChanged={() => void done(t('disclosures.institutes.changed'), `institute-${institute.id}`)}
        />
      ))}
    </Page>
  )
}

function InstituteCard({
  institute,
  mayChange,
  onChanged,
}: {
  institute: Institute
  mayChange: boolean
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const title = `institute-${institute.id}`
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h3 id={title} tabIndex={-1}>
          {institute.name}
        </h3>
        {institute.isBlocked && (
          <span className="badge badge-live-failing">
            <TriangleAlert aria-hidden="true" size={16} />
            {t('disclosures.institutes.blocked')}
          </span>
        )}
      </div>
      {institute.isBlocked && <p>{t('disclosures.institutes.blocked.what')}</p>}
      <dl className="facts">
        <Fact label={t('disclosures.institutes.contact')}>
          {institute.contact}
          <span className="second breaking">
            {institute.email.replace(/@.*/, '')}
            <wbr />
            {institute.email.replace(/^[^@]*/, '')}
          </span>
        </Fact>
        <Fact label={t('disclosures.institutes.language')}>{t(`shell.language.${institute.language}`)}</Fact>
        <Fact label={t('disclosures.institutes.recipient')}>
          {institute.recipient ? (
            <code className="disclosure-code">{institute.recipient}</code>
          ) : (
            <span className="muted">{t('disclosures.institutes.recipient.none')}</span>
          )}
        </Fact>
        <Fact label={t('disclosures.institutes.open')}>{formatCount(institute.open, language)}</Fact>
      </dl>
      {mayChange && <InstituteForm institute={institute} onDone={onChanged} />}
    </section>
  )
}
