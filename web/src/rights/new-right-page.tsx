import { today } from '@internationalized/date'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { ErrorSummary } from '../controls/error-summary.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { ChoosePeople } from './choose-people.tsx'
import { keyOf, lastDayWithin, offeredRole, renewalOf, unitsOf, withRole, type NewRight } from './new-right.ts'
import { readNewRight, type Candidate, type Offer } from './rights-shapes.ts'
import { refusalIn, roleText, type RightField } from './rights-words.ts'
import { invalidateRights } from './use-decide.ts'

/** Requests a right: persons, role, purpose, scope, reason and end. Another person decides (R36). */
export function NewRightPage() {
  const { t } = useLanguage()
  const { person, renew } = useSearch({ from: '/rights/new', select: readNewRight, structuralSharing: true })
  const own = useMe().personId
  // Without a named person the right is for oneself; a person who requests rights for others chooses the recipients.
  const recipients = person ?? own
  const offer = $api.useQuery(
    'get',
    '/api/rights/offer',
    { params: { query: recipients ? { person: recipients } : {} } },
    { staleTime: 0 },
  )
  const held = $api.useQuery(
    'get',
    '/api/rights/people/{id}',
    { params: { path: { id: person ?? '' } } },
    { enabled: renew !== undefined },
  )
  const error = offer.error ?? (renew === undefined ? undefined : held.error)
  const first = offer.data?.people[0]
  const right = held.data?.rights.find(({ id }) => id === renew)
  return (
    <Page
      title={t('rights.request')}
      lead={t('rights.request.lead')}
      crumbs={[{ label: t('rights.title'), to: '/rights' }]}
    >
      {error && <Failure error={error} onAgain={() => void Promise.all([offer.refetch(), held.refetch()])} />}
      {!error && (offer.isPending || (renew !== undefined && held.isPending)) && <Waiting lines={8} />}
      {offer.data && (renew === undefined || held.data) && (
        <RequestForm
          key={`${recipients ?? ''} ${renew ?? ''}`}
          offer={offer.data}
          start={
            right && first
              ? renewalOf(right, offer.data, first, today(zone))
              : emptyFor(person === undefined && offer.data.asksFor !== 'oneself' ? undefined : first)
          }
        />
      )}
    </Page>
  )
}

function emptyFor(person: Candidate | undefined): NewRight {
  return {
    people: person ? [person] : [],
    role: '',
    purposes: [],
    units: [],
    numbers: [],
    reason: '',
    from: null,
    until: lastDayWithin(today(zone), person),
  }
}

const fieldIds: Record<RightField, string> = {
  people: 'right-people',
  role: 'right-role',
  purposes: 'right-purposes',
  units: 'right-units',
  numbers: 'right-numbers',
  reason: 'right-reason',
  from: 'right-from',
  until: 'right-until',
  note: 'right-reason',
}

function RequestForm({ offer, start }: { offer: Offer; start: NewRight }) {
  const { t, named } = useLanguage()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [draft, setDraft] = useState(start)
  const [tried, setTried] = useState(false)
  const [wrong, setWrong] = useState<{ field: RightField; text: string }[]>([])
  const request = $api.useMutation('post', '/api/rights/requests')
  const role = offeredRole(offer, draft.role)
  const units = unitsOf(draft.people)
  const registry = $api.useQuery('get', '/api/numbers', undefined, { enabled: role?.scope === 'numbers' })
  const refusal = request.error ? refusalIn(request.error, t) : undefined

  const edit = (edited: Partial<NewRight>) => {
    if (request.error) request.reset()
    setDraft({ ...draft, ...edited })
  }
  // After a submit, errors stay at their fields until corrected.
  const openFaults = tried ? faultsIn(draft) : []
  const errorAt = (field: RightField) =>
    openFaults.find((one) => one.field === field)?.text ?? (refusal?.field === field ? refusal.text : undefined)

  const submit = async () => {
    const found = faultsIn(draft)
    setTried(true)
    setWrong(found)
    const { until } = draft
    if (found.length > 0 || !role || !until) return
    const body = {
      people: draft.people.map(({ id }) => id),
      role: role.role,
      ...(role.duty && { duty: role.duty }),
      purposes: role.purposes.filter((purpose) => draft.purposes.includes(purpose)),
      ...(role.scope === 'unit' && { units: draft.units }),
      ...(role.scope === 'numbers' && { numbers: draft.numbers }),
      reason: draft.reason.trim(),
      ...(draft.from && { from: draft.from.toString() }),
      until: until.toString(),
    }
    const made = await request.mutateAsync({ body }).catch(() => undefined)
    if (!made) return
    await invalidateRights(client)
    await navigate({ to: '/rights' })
    announce(t('rights.requested', { count: made.items.length }))
  }

  function faultsIn({ people, purposes, reason, from, until, units: chosen, numbers }: NewRight) {
    const now = today(zone)
    const begins = from ?? now
    const faults: [RightField, boolean, string][] = [
      ['people', people.length === 0, t('error.right.person-missing')],
      ['role', role === undefined, t('rights.role.missing')],
      [
        'purposes',
        role !== undefined && role.purposes.length > 0 && purposes.length === 0,
        t('error.right.purpose-missing'),
      ],
      ['units', role?.scope === 'unit' && chosen.length === 0, t('error.right.unit-missing')],
      ['numbers', role?.scope === 'numbers' && numbers.length === 0, t('error.right.number-missing')],
      ['reason', reason.trim() === '', t('error.right.reason-missing')],
      ['from', from !== null && from.compare(now) < 0, t('error.right.from-wrong')],
      [
        'until',
        until === null || until.compare(begins) < 0 || until.compare(begins.add({ months: 12 })) > 0,
        t('error.right.until-wrong'),
      ],
    ]
    return faults.flatMap(([field, isWrong, text]) => (isWrong ? [{ field, text }] : []))
  }

  const summary = [
    ...wrong.map(({ field, text }) => ({ text, field: fieldIds[field] })),
    ...(wrong.length === 0 && refusal
      ? [{ text: refusal.text, ...(refusal.field && { field: fieldIds[refusal.field] }) }]
      : []),
  ]

  return (
    <SubmitForm className="panel panel-narrow stack" isBusy={request.isPending} onSubmit={submit}>
      <FormErrors summary={summary} />
      {offer.asksFor === 'oneself' ? (
        <p id={fieldIds.people}>{t('rights.forOneself', { name: draft.people[0]?.name ?? '' })}</p>
      ) : (
        <div id={fieldIds.people}>
          <ChoosePeople
            people={draft.people}
            onChange={(people) => edit({ people, units: [] })}
            error={errorAt('people')}
          />
        </div>
      )}
      <Choice
        id={fieldIds.role}
        label={t('rights.role')}
        hint={t('rights.role.hint')}
        error={errorAt('role')}
        options={offer.roles.map((one) => ({
          value: keyOf(one),
          label: roleText(one, t),
          detail: t(`rights.limit.${one.scope}`),
        }))}
        value={draft.role}
        onChange={(key) => edit(withRole(draft, offer, key))}
      />
      {role && role.purposes.length > 0 && (
        <Checks
          id={fieldIds.purposes}
          label={t('rights.purposes')}
          hint={t('rights.purposes.hint')}
          error={errorAt('purposes')}
          options={role.purposes.map((purpose) => ({ value: purpose, label: t(`session.purpose.${purpose}`) }))}
          value={draft.purposes}
          onChange={(purposes) => edit({ purposes })}
        />
      )}
      {role?.scope === 'unit' &&
        (units.length > 0 ? (
          <Checks
            id={fieldIds.units}
            label={t('rights.scope.units')}
            hint={t('rights.scope.units.hint')}
            error={errorAt('units')}
            options={units.map(({ id, name, officials }) => ({
              value: id,
              label: name,
              detail: t('rights.officials', { count: officials }),
            }))}
            value={draft.units}
            onChange={(chosen) => edit({ units: chosen })}
          />
        ) : (
          <Notice kind="warning">{t('rights.scope.units.none')}</Notice>
        ))}
      {role?.scope === 'numbers' && (
        <Checks
          id={fieldIds.numbers}
          label={t('rights.scope.numbers')}
          hint={t('rights.scope.numbers.hint')}
          error={errorAt('numbers')}
          options={(registry.data?.items ?? []).map(({ number, display, name }) => ({
            value: number,
            label: display,
            detail: named(name),
          }))}
          value={draft.numbers}
          onChange={(numbers) => edit({ numbers })}
        />
      )}
      <Field
        id={fieldIds.reason}
        label={t('rights.reason')}
        hint={t('rights.reason.hint')}
        error={errorAt('reason')}
        rows={3}
        value={draft.reason}
        onChange={(reason) => edit({ reason })}
        maxLength={2000}
      />
      <div className="side-by-side">
        <Day
          id={fieldIds.from}
          label={t('rights.from')}
          hint={t('rights.from.hint')}
          error={errorAt('from')}
          value={draft.from}
          onChange={(from) => edit({ from })}
        />
        <Day
          id={fieldIds.until}
          label={t('rights.until')}
          hint={t('rights.until.hint')}
          error={errorAt('until')}
          value={draft.until}
          onChange={(until) => edit({ until })}
        />
      </div>
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={request.isPending}>
          {t(request.isPending ? 'rights.request.busy' : 'rights.request.do')}
        </Button>
      </div>
    </SubmitForm>
  )
}

/** Error summary; takes the focus only when the list changes. */
function FormErrors({ summary }: { summary: { text: string; field?: string }[] }) {
  const { t } = useLanguage()
  const [shown, setShown] = useState(summary)
  if (JSON.stringify(shown) !== JSON.stringify(summary)) setShown(summary)
  return <ErrorSummary title={t('rights.request.wrong')} wrong={shown} />
}
