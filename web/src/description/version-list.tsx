import { CircleCheck, Clock, History } from 'lucide-react'
import type { Version } from '../api/shapes.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { publicPages } from '../shell/public-pages.ts'
import { Changes } from './draft/changes.tsx'

/** The version in force, and since when. */
export function InForce({ versions }: { versions: Version[] }) {
  const { t, language } = useLanguage()
  const now = versions.find(({ state }) => state === 'in-force')
  const coming = versions.find(({ state }) => state === 'coming')
  if (!now) return null
  return (
    <section aria-labelledby="in-force" className="panel in-force">
      <div>
        <h2 id="in-force">{t('description.versions.inForce', { version: now.version })}</h2>
        <p>{t('description.versions.since', { time: formatInstant(now.effectiveFrom, language) })}</p>
        <ApprovedBy version={now} />
        {coming && (
          <p className="in-force-next">
            <Clock aria-hidden="true" size={18} />
            {t('description.versions.next', {
              version: coming.version,
              time: formatInstant(coming.effectiveFrom, language),
            })}
          </p>
        )}
      </div>
      <div className="in-force-end">
        <a className="button button-secondary" href={publicPages.description[language]}>
          {t('description.versions.public')}
        </a>
        <Hash hash={now.hash} />
      </div>
    </section>
  )
}

const badges = {
  'in-force': { Icon: CircleCheck, badge: 'available' },
  coming: { Icon: Clock, badge: 'capturing' },
  past: { Icon: History, badge: 'none' },
} as const

/** All versions, newest first, with their changes. */
export function VersionList({ versions }: { versions: Version[] }) {
  const { t, language } = useLanguage()
  return (
    <ol className="versions">
      {versions.map((version) => {
        const { Icon, badge } = badges[version.state]
        return (
          <li key={version.version} className="version">
            <div className="draft-card-head">
              <h3>{t('description.versions.one', { version: version.version })}</h3>
              <span className={`badge badge-${badge}`}>
                <Icon aria-hidden="true" size={16} />
                {t(`description.versions.state.${version.state}`)}
              </span>
              <a className="version-page" href={`${publicPages.description[language]}/${version.version}`}>
                {t('description.versions.page', { version: version.version })}
              </a>
            </div>
            <p>{t('description.versions.from', { time: formatInstant(version.effectiveFrom, language) })}</p>
            <ApprovedBy version={version} />
            {version.changes.length > 0 ? (
              <Changes changes={version.changes} />
            ) : (
              <p className="muted">
                {t(version.version === 1 ? 'description.versions.first' : 'description.draft.changes.none')}
              </p>
            )}
            <Hash hash={version.hash} />
          </li>
        )
      })}
    </ol>
  )
}

function ApprovedBy({ version: { author, approver, approvedAt } }: { version: Version }) {
  const { t, language } = useLanguage()
  if (!author || !approver) return null
  const names = { author: author.name, approver: approver.name, time: formatInstant(approvedAt, language) }
  return <p className="muted">{t('description.versions.approved', names)}</p>
}

function Hash({ hash }: { hash: string }) {
  const { t } = useLanguage()
  return (
    <p className="hash muted">
      {t('description.versions.hash')} <code translate="no">{hash}</code>
    </p>
  )
}
