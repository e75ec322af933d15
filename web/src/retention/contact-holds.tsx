import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'
import { HoldCard } from './hold-card.tsx'
import { EnterHold } from './hold-steps.tsx'

/** Preservation orders of the shown call, for the security unit: those in force, and a form for a new one. */
export function ContactHolds({
  contactId,
  under,
  onChanged,
}: {
  contactId: string
  under: UnderPurpose
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/api/holds',
    { params: { query: { state: 'in-force' } } },
    { staleTime: 0 },
  )
  const here = data?.items.filter((hold) => hold.contactId === contactId) ?? []
  const refresh = () => {
    void refetch()
    onChanged()
  }
  return (
    <section className="panel stack-small" aria-labelledby="contact-holds">
      <h2 id="contact-holds">{t('retention.holds.here')}</h2>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && here.length === 0 && <p className="muted">{t('retention.holds.here.none')}</p>}
      {here.map((hold) => (
        <HoldCard key={hold.id} hold={hold} isBesideCall onChanged={refresh} />
      ))}
      <EnterHold contactId={contactId} under={under} onEntered={refresh} />
      <p>
        <Link to="/retention/holds">{t('retention.holds.title')}</Link>
      </p>
    </section>
  )
}
