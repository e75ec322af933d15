import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalField, refusalKey } from '../api/refusal.ts'
import type { Me, RequestDetail, RequestKind } from '../api/shapes.ts'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { Step } from '../controls/step.tsx'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { requesterOf, wrongRequester, type RequesterDraft } from './new-request.ts'
import { kindsOf } from './queue.ts'
import { RequesterFields } from './requester-fields.tsx'
import { useQueue } from './use-queue.ts'
import type { Done } from './steps.ts'

/** Corrects the requester, language and content. */
export function ChangeRequest({ request, me, onDone }: { request: RequestDetail; me: Me; onDone: Done }) {
  const { t } = useLanguage()
  const change = $api.useMutation('put', '/api/requests/{id}')
  const { data: queue } = useQueue({}, me)
  const [requester, setRequester] = useState<RequesterDraft>(() => draftOf(request))
  const [kinds, setKinds] = useState<RequestKind[]>(request.kinds)
  const [language, setLanguage] = useState(request.language)
  const [isTried, setTried] = useState(false)
  const wrong = isTried ? wrongRequester(requester) : []
  const possible = kindsOf(request.party, queue?.mayAsk ?? request.kinds)
  const submit = async () => {
    setTried(true)
    if (wrongRequester(requester).length > 0 || kinds.length === 0) return false
    const body = { kinds, language, requester: requesterOf(requester) }
    const done = await change.mutateAsync({ params: { path: { id: request.id } }, body }).then(
      () => true,
      () => false,
    )
    if (done) await onDone(t('requests.request.changed'), 'request-facts')
    return done
  }
  return (
    <Step
      open={t('requests.request.change')}
      submit={t('requests.request.change.do')}
      isBusy={change.isPending}
      error={change.error}
      onOpen={() => {
        setRequester(draftOf(request))
        setKinds(request.kinds)
        setLanguage(request.language)
        setTried(false)
      }}
      onSubmit={submit}
    >
      <Checks
        label={t('requests.request.kinds')}
        error={isTried && kinds.length === 0 ? t('requests.request.kinds.missing') : undefined}
        options={possible.map((value) => ({ value, label: t(`requests.request.kind.${value}`) }))}
        value={kinds}
        onChange={(value) => setKinds(value as RequestKind[])}
      />
      <Choice
        label={t('requests.request.language')}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        value={language}
        onChange={(value) => setLanguage(value as RequestDetail['language'])}
      />
      <RequesterFields
        prefix="change"
        value={requester}
        onChange={(edited) => setRequester({ ...requester, ...edited })}
        errorAt={(field) => {
          const one = wrong.find((at) => at.field === field)
          if (field === refusalField(change.error)) return t(`error.${refusalKey(change.error)}`)
          return one && t(`requests.request.${one.field}.${one.why}` as 'requests.request.name.missing')
        }}
      />
    </Step>
  )
}

function draftOf({ requester }: RequestDetail): RequesterDraft {
  return {
    name: requester?.name ?? '',
    address: requester?.address ?? '',
    email: requester?.email ?? '',
    phone: requester?.phone ?? '',
  }
}
