import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { $api, api } from '../api/client.ts'
import { Suggest } from '../controls/suggest.tsx'
import { useLanguage } from '../language/use-words.ts'
import { peopleKey } from './use-people.ts'

interface Written {
  value: string
  onChange: (value: string) => void
  error?: string | undefined
  isOptional?: boolean
}

/** Unit by name: an existing one or a new one. */
export function UnitField({ isOptional = false, ...written }: Written) {
  const { t } = useLanguage()
  const { data: units } = $api.useQuery('get', '/api/units', undefined, { staleTime: 60_000 })
  return (
    <Suggest
      {...written}
      label={t('people.person.unit')}
      hint={t(isOptional ? 'people.person.unit.hint.optional' : 'people.person.unit.hint')}
      options={(units?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
      maxLength={200}
    />
  )
}

const minLength = 2
const maxOptions = 8

/** Supervisor by user id, found by name. */
export function SupervisorField({ except, isOptional = false, ...written }: Written & { except?: string }) {
  const { t } = useLanguage()
  const q = written.value.trim()
  const { data: people, isFetching } = useQuery({
    queryKey: [peopleKey, 'supervisors', q],
    enabled: q.length >= minLength,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { data, error } = await api.GET('/api/people', { params: { query: { q, limit: maxOptions } }, signal })
      if (!data) throw error
      return data.items
    },
  })
  return (
    <Suggest
      {...written}
      label={t('people.person.supervisor')}
      hint={t(isOptional ? 'people.person.supervisor.hint.optional' : 'people.person.supervisor.hint')}
      none={t(q.length < minLength ? 'people.person.supervisor.write' : isFetching ? 'shell.loading' : 'people.none')}
      options={(q.length < minLength ? [] : (people ?? []))
        .filter(({ id }) => id !== except)
        .map(({ userId, name, unit }) => ({
          value: userId,
          label: name,
          detail: [userId, unit].filter(Boolean).join(' · '),
        }))}
      maxLength={64}
    />
  )
}
