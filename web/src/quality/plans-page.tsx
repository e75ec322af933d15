import { $api, queries } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Table } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { writeDay } from '../disclosures/days.ts'
import { formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { useMe } from '../session/use-presence.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { NewPlan } from './new-plan.tsx'
import { evaluates, plansQuality, type SamplingPlan } from './quality-shapes.ts'

/** Otannat: weekly sample size by unit and number, and the draws, recomputed. */
export function PlansPage() {
  return (
    <Only who={evaluates}>
      <Plans />
    </Only>
  )
}

function Plans() {
  const isExpert = plansQuality(useMe())
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/quality/plans', undefined, { staleTime: 0 })
  const { data, refetch } = query
  return (
    <Page
      title={t('quality.plans')}
      lead={t('quality.plans.lead')}
      crumbs={[{ label: t('quality.title'), to: '/quality' }]}
    >
      <Loaded query={query} />
      {isExpert && data && <NewPlan onDone={refetch} />}
      {data?.items.length === 0 && <p className="muted">{t('quality.plans.none')}</p>}
      {data && data.items.length > 0 && (
        <ul className="cards quality-wide" aria-label={t('quality.plans')}>
          {data.items.map((plan) => (
            <Plan key={plan.id} plan={plan} isExpert={isExpert} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function Plan({ plan, isExpert }: { plan: SamplingPlan; isExpert: boolean }) {
  const { t, language } = useLanguage()
  const end = $api.useMutation('delete', '/api/quality/plans/{id}')
  const stop = async () => {
    try {
      await end.mutateAsync({ params: { path: { id: plan.id } } })
      announce(t('quality.plan.ended'))
      await queries.invalidateQueries({ queryKey: ['get', '/api/quality/plans'] })
    } catch {
      // The refusal is shown beside the button.
    }
  }
  return (
    <li className="card">
      <h2 className="card-title disclosure-title">
        {plan.name}
        {plan.endedAt && <span className="badge badge-none">{t('quality.plan.over')}</span>}
      </h2>
      <dl className="facts">
        <Fact label={t('quality.unit')}>{plan.unitName}</Fact>
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(plan.number)}</span>
        </Fact>
        <Fact label={t('quality.plan.weekly')}>{t('quality.plan.weekly.what', { count: plan.weekly })}</Fact>
        <Fact label={t('quality.plan.daysLeft')}>{t('quality.plan.daysLeft.what', { count: plan.daysLeft })}</Fact>
        <Fact label={t('quality.form')}>{plan.formName}</Fact>
      </dl>
      <p className="second">
        {t('quality.plan.seed')} <code className="quality-seed">{plan.seed}</code>
      </p>
      {plan.draws.length === 0 && <p className="muted">{t('quality.plan.notDrawn')}</p>}
      {plan.draws.length > 0 && (
        <WideTable aria-label={t('quality.draws')}>
          <Table
            caption={t('quality.draws')}
            rows={plan.draws}
            keyOf={({ week }) => week}
            columns={[
              {
                head: t('quality.draw.week'),
                cell: ({ week }) => t('quality.week', { day: writeDay(week, language) }),
                isRowHead: true,
              },
              { head: t('quality.draw.picked'), cell: ({ pickedCount }) => pickedCount, isNumeric: true },
              { head: t('quality.draw.followed'), cell: ({ followedCount }) => followedCount, isNumeric: true },
              { head: t('quality.draw.candidates'), cell: ({ candidateCount }) => candidateCount, isNumeric: true },
              { head: t('quality.draw.at'), cell: ({ drawnAt }) => formatInstant(drawnAt, language) },
              {
                head: t('quality.draw.again'),
                cell: ({ isAsDrawn }) =>
                  isAsDrawn === undefined
                    ? t('quality.draw.gone')
                    : t(isAsDrawn ? 'quality.draw.same' : 'quality.draw.differs'),
              },
            ]}
          />
        </WideTable>
      )}
      {end.error && <Failure error={end.error} />}
      {isExpert && !plan.endedAt && (
        <div className="actions">
          <ConfirmButton
            label={t('quality.plan.end')}
            named={`${t('quality.plan.end')}: ${plan.name}`}
            title={t('quality.plan.end.sure')}
            onDo={() => void stop()}
          >
            <p>{t('quality.plan.end.what')}</p>
          </ConfirmButton>
        </div>
      )}
    </li>
  )
}
