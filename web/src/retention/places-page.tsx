import { Ban, CircleCheck, CircleX, Hourglass, Undo2 } from 'lucide-react'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import type { PlaceOfData } from './retention-shapes.ts'
import { faultText } from './retention-words.ts'

const marks = {
  'in-use': { Icon: CircleCheck, badge: 'badge-available' },
  'attestation-over': { Icon: Hourglass, badge: 'badge-restricted' },
  refused: { Icon: Ban, badge: 'badge-live-failing' },
  unreachable: { Icon: CircleX, badge: 'badge-live-failing' },
  left: { Icon: Undo2, badge: 'badge-none' },
} as const

/** Säilytyspaikat: all places with data of the register, and whether access to their premises is attested (R18, R19). */
export function PlacesPage() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/storage', undefined, { staleTime: 0 })
  const crumbs = [{ label: t('retention.title'), to: '/retention' as const }]
  return (
    <Page title={t('retention.places.title')} lead={t('retention.places.lead')} crumbs={crumbs}>
      <Loaded query={query} lines={8}>
        {(data) => (
          <>
            {data.items.some(({ kind, state }) => kind === 'backup' && state !== 'left') ? (
              <p>{t('retention.places.rotation', { count: data.rotationDays })}</p>
            ) : (
              <Notice kind="warning">{t('retention.places.backups.none')}</Notice>
            )}
            {data.items.length === 0 && <Notice kind="info">{t('retention.places.none')}</Notice>}
            {data.items.map((place) => (
              <Place key={`${place.kind} ${place.name}`} place={place} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Place({ place }: { place: PlaceOfData }) {
  const { t, language, named } = useLanguage()
  const title = useId()
  const { Icon, badge } = marks[place.state]
  const { site } = place
  return (
    <section className="panel stack-small place" aria-labelledby={title}>
      <div className="alarm-head">
        <h2 id={title}>
          {t(`retention.places.kind.${place.kind}`)}
          {/* A place that is the only one of its kind is named like its kind. */}
          {place.name !== place.kind && `: ${place.name}`}
        </h2>
        <span className={`badge ${badge}`}>
          <Icon aria-hidden="true" size={16} />
          {t(`retention.places.state.${place.state}`)}
        </span>
      </div>
      {place.state !== 'in-use' && <p>{t(`retention.places.state.${place.state}.what`)}</p>}
      <dl className="facts">
        <Fact label={t('retention.places.location')}>
          <span className="breaking">{place.location}</span>
        </Fact>
        <Fact label={t('retention.places.site')}>
          {site ? named(site.names) : <span className="muted">{t('retention.places.site.none')}</span>}
        </Fact>
        {site && (
          <Fact label={t('retention.places.control')}>
            {t(site.electronicAccessControl ? 'retention.places.control.yes' : 'retention.places.control.no')}
            <span className="second">
              {t('retention.places.attested', { name: site.attestedBy, date: dayOf(site.attestedOn) })}
            </span>
            <span className="second">{t('retention.places.review', { date: dayOf(site.nextReview) })}</span>
          </Fact>
        )}
        {place.firstUsedAt && (
          <Fact label={t('retention.places.firstUsed')}>{formatInstant(place.firstUsedAt, language)}</Fact>
        )}
      </dl>
      {place.backup && <Backup backup={place.backup} kind={place.kind} />}
    </section>
  )

  function dayOf(date: string): string {
    return formatDate(`${date}T12:00:00Z`, language)
  }
}

/** Content of a backup place: backups, the keyring, and the ledger. */
function Backup({ backup, kind }: { backup: NonNullable<PlaceOfData['backup']>; kind: PlaceOfData['kind'] }) {
  const { t, language } = useLanguage()
  const at = (instant: string | undefined) => (instant ? formatInstant(instant, language) : '–')
  return (
    <>
      {backup.fault && (
        <Notice kind="warning">
          <p>
            {backup.faultCode === undefined
              ? t('retention.places.fault')
              : t('retention.places.fault.known', { fault: faultText(backup.faultCode, t) })}
          </p>
          {/* The error message of the program itself, in English. */}
          <p lang="en" className="breaking">
            {backup.fault}
          </p>
        </Notice>
      )}
      {backup.keysPending > 0 && (
        <Notice kind="warning">
          {t('retention.places.keys.pending', {
            count: backup.keysPending,
            number: formatCount(backup.keysPending, language),
          })}
        </Notice>
      )}
      <dl className="facts">
        {kind === 'backup' && (
          <>
            <Fact label={t('retention.places.backups')}>{formatCount(backup.backups, language)}</Fact>
            <Fact label={t('retention.places.backups.last')}>{at(backup.lastAt)}</Fact>
            <Fact label={t('retention.places.backups.oldest')}>{at(backup.oldestAt)}</Fact>
            <Fact label={t('retention.places.keys')}>{at(backup.keysAt)}</Fact>
          </>
        )}
        {backup.ledgerTo !== undefined && (
          <Fact label={t('retention.places.ledger')}>
            {t('retention.places.ledger.to', { number: formatCount(backup.ledgerTo, language) })}
          </Fact>
        )}
      </dl>
    </>
  )
}
