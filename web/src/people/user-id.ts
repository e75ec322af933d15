/** Pattern of a personal user id: letters, digits and . _ @ -, starting with a letter or digit (R20). */
export const userIdForm = /^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u
