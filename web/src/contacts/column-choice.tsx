import { useState } from 'react'
import { Checks } from '../controls/checks.tsx'
import { useLanguage } from '../language/use-words.ts'
import { columnNames, type ColumnName } from './columns.ts'

/** Chooses the columns of the results; the first one is always shown. */
export function ColumnChoice({
  columns,
  onChange,
}: {
  columns: readonly ColumnName[]
  onChange: (columns: readonly ColumnName[]) => void
}) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="column-choice" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('contacts.columns')}</summary>
      {isOpen && (
        <Checks
          label={t('contacts.columns.shown')}
          options={columnNames.slice(1).map((name) => ({ value: name, label: t(`contacts.field.${name}`) }))}
          value={[...columns]}
          onChange={(chosen) => onChange(columnNames.filter((name) => name === 'start' || chosen.includes(name)))}
        />
      )}
    </details>
  )
}
