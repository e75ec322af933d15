import { $api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useStoredForm } from '../disclosures/stored-form.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'

/** Creates a sampling plan: count per week of one unit and one number. */
export function NewPlan({ onDone }: { onDone: () => Promise<unknown> }) {
  const { t, named } = useLanguage()
  const me = useMe()
  const forms = $api.useQuery('get', '/api/quality/forms').data?.items ?? []
  const units = $api.useQuery('get', '/api/units', undefined, { staleTime: 60_000 }).data?.items ?? []
  const registry = $api.useQuery('get', '/api/numbers', undefined, { staleTime: 600_000 }).data?.items ?? []
  const begin = $api.useMutation('post', '/api/quality/plans')
  const form = useStoredForm('sampling plan', {
    name: '',
    formId: '',
    unitId: '',
    number: '',
    weekly: '5',
    daysLeft: '14',
  })
  const { typed } = form

  const reached = me.rights.filter(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
  const numbers = registry.filter(
    ({ number: key, kind }) =>
      kind !== 'SWITCHBOARD' &&
      reached.some(({ scope }) => scope.kind === 'all' || scope.numbers?.includes(key) === true),
  )
  const published = forms.filter(({ version }) => version !== undefined)
  const formId = typed.formId || (published[0]?.id ?? '')
  const unitId = typed.unitId || (units[0]?.id ?? '')
  const number = typed.number || (numbers[0]?.number ?? '')
  const isWithin = (written: string, min: number, max: number) =>
    /^\d+$/.test(written) && Number(written) >= min && Number(written) <= max
  const wrong = {
    name: typed.name.trim() === '',
    weekly: !isWithin(typed.weekly, 1, 100),
    daysLeft: !isWithin(typed.daysLeft, 7, 60),
  }
  const request = () => {
    if (wrong.name || wrong.weekly || wrong.daysLeft) return undefined
    const body = {
      name: typed.name.trim(),
      formId,
      unitId,
      number,
      weekly: Number(typed.weekly),
      daysLeft: Number(typed.daysLeft),
    }
    return { body }
  }
  return (
    <section className="panel panel-narrow stack-small">
      <ActStep
        kind="primary"
        open={t('quality.plan.begin')}
        submit={t('quality.plan.begin.do')}
        act={begin}
        request={request}
        onDone={async () => {
          form.forget()
          announce(t('quality.plan.begun'))
          await onDone()
        }}
        isOpenAtFirst={form.isTyped}
      >
        {(isTried) => (
          <>
            {published.length === 0 && <Notice kind="info">{t('quality.plan.noForm')}</Notice>}
            <Field
              label={t('quality.plan.name')}
              error={isTried && wrong.name ? t('quality.name.missing') : undefined}
              value={typed.name}
              onChange={(name) => form.edit({ name })}
              maxLength={200}
              autoComplete="off"
            />
            <Choice
              label={t('quality.form')}
              options={published.map(({ id, name }) => ({ value: id, label: name }))}
              value={formId}
              onChange={(value) => form.edit({ formId: value })}
            />
            <Choice
              label={t('quality.unit')}
              options={units.map(({ id, name }) => ({ value: id, label: name }))}
              value={unitId}
              onChange={(value) => form.edit({ unitId: value })}
            />
            <Choice
              label={t('contacts.field.number')}
              options={numbers.map((one) => ({ value: one.number, label: one.display, detail: named(one.name) }))}
              value={number}
              onChange={(value) => form.edit({ number: value })}
            />
            <Field
              label={t('quality.plan.weekly')}
              hint={t('quality.plan.weekly.hint')}
              error={isTried && wrong.weekly ? t('quality.plan.weekly.wrong') : undefined}
              value={typed.weekly}
              inputMode="numeric"
              onChange={(weekly) => form.edit({ weekly })}
            />
            <Field
              label={t('quality.plan.daysLeft')}
              hint={t('quality.plan.daysLeft.hint')}
              error={isTried && wrong.daysLeft ? t('quality.plan.daysLeft.wrong') : undefined}
              value={typed.daysLeft}
              inputMode="numeric"
              onChange={(daysLeft) => form.edit({ daysLeft })}
            />
          </>
        )}
      </ActStep>
    </section>
  )
}
