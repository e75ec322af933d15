import { Plus, Trash2 } from 'lucide-react'
import { flushSync } from 'react-dom'
import type { ReactNode } from 'react'
import { Button } from '../../controls/button.tsx'
import { fieldOf, readAt, type Path } from '../edits.ts'
import { useField, useForm } from './form-state.tsx'

/** Optional part of the description: added and removed as a whole. */
export function Optional({
  path,
  addLabel,
  removeLabel,
  fresh,
  announcesError = false,
  children,
}: {
  path: Path
  addLabel: string
  removeLabel: string
  fresh: () => unknown
  /** True if the error of a missing part is shown here, because no element around it shows it. */
  announcesError?: boolean
  children: ReactNode
}) {
  const { document: description, edit, goTo } = useForm()
  const { id, error } = useField(path)
  const field = fieldOf(path)
  if (readAt(description, path) == null) {
    const announces = announcesError && error != null
    return (
      <div>
        <Button
          id={id}
          kind="secondary"
          className="small"
          {...(announces && { 'aria-describedby': `${id}-error` })}
          onPress={() => {
            edit(path, fresh())
            goTo(field)
          }}
        >
          <Plus aria-hidden="true" size={18} />
          {addLabel}
        </Button>
        {announces && (
          <p id={`${id}-error`} className="field-error">
            {error}
          </p>
        )}
      </div>
    )
  }
  return (
    <div className="optional">
      {children}
      <Button
        kind="link"
        onPress={() => {
          flushSync(() => edit(path))
          document.getElementById(id)?.focus()
        }}
      >
        <Trash2 aria-hidden="true" size={16} />
        {removeLabel}
      </Button>
    </div>
  )
}
