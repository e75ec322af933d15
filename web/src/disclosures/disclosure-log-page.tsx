import { useNavigate, useSearch } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { Page } from '../shell/page.tsx'
import { readsLog } from './disclosure-shapes.ts'
import { LogList } from './log-list.tsx'
import { LogStatistics } from './log-statistics.tsx'
import { readYear, yearsUntil } from './years.ts'

/** Luovutusloki: all disclosures, for decision makers and overseers (R35); printable. */
export function DisclosureLogPage() {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return readsLog(presence.me) ? <Log me={presence.me} /> : <NotFound />
}

function Log({ me }: { me: Me }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const thisYear = todayAt(serverNowMs()).year
  const { year = thisYear } = useSearch({ from: '/disclosures/log', select: readYear, structuralSharing: true })
  const query = $api.useQuery('get', '/api/disclosures', { params: { query: { year } } }, { staleTime: 0 })
  const { data } = query
  return (
    <Page
      title={t('disclosures.log.title')}
      lead={t('disclosures.log.lead')}
      crumbs={[{ label: t('disclosures.title'), to: '/disclosures' }]}
      className="extract"
      aside={
        <Button kind="secondary" className="no-print" onPress={() => window.print()}>
          <Printer aria-hidden="true" size={18} />
          {t('watch.extract.print')}
        </Button>
      }
    >
      <Choice
        className="statistics-period no-print"
        label={t('disclosures.log.year')}
        options={yearsUntil(thisYear, year).map((one) => ({ value: String(one), label: String(one) }))}
        value={String(year)}
        onChange={(chosen) =>
          void navigate({ to: '/disclosures/log', search: Number(chosen) === thisYear ? {} : { year: Number(chosen) } })
        }
      />
      <LogStatistics year={year} />
      <section className="stack-small" aria-labelledby="disclosure-log">
        <h2 id="disclosure-log">{t('disclosures.log.of', { year })}</h2>
        <Loaded query={query} />
        {data?.items.length === 0 && <Notice kind="info">{t('disclosures.log.none')}</Notice>}
        {data && data.items.length > 0 && <LogList items={data.items} me={me} label="disclosure-log" />}
      </section>
    </Page>
  )
}
