import type { SectionPermission } from '../../core/policies/sections/permissions.js';
import type { PermissionSource } from '../../core/policies/sections/sections.js';
import type { Holder } from '../../core/policies/security-roles.js';
import type { UserInfo } from '../../core/principal.js';
import type { PolicyChangeOptions } from './policy-change-options.js';

export type { SectionPermission } from '../../core/policies/sections/permissions.js';
export type { PermissionSource } from '../../core/policies/sections/sections.js';

/** A section, or a model of the caller's. */
export type SectionOrModel = { readonly section: string } | { readonly model: string };

/** The fields of a new section. */
export interface NewSection {
  /** Its name for people; missing: its id. */
  readonly name?: string;
  /** The section that it is in; missing: ROOT, in which only administrators create sections. */
  readonly parent?: string;
  /** False: it inherits no permissions; only administrators may say so. Default true. */
  readonly inherit?: boolean;
}

/** A section as the caller sees it. */
export interface SectionView {
  readonly id: string;
  readonly name: string;
  /** The section that it is in; missing at the top. Only administrators see ROOT. */
  readonly parent?: string;
  /** Shown only because the caller may read something below it; nothing else of it is shown. */
  readonly navigation?: true;
  /** Whether it has the permissions of the section that it is in. */
  readonly inherit?: boolean;
  /** The numbers of sections and models directly in it that the caller may read. */
  readonly counts?: { readonly sections: number; readonly models: number };
}

/** A model that the caller may read, and where it is. */
export interface PlacedModel {
  readonly name: string;
  /** Missing: in ROOT. */
  readonly section?: string;
}

/** What the caller may read of the sections. */
export interface SectionTree {
  /** Each after the section that it is in; beside each other ordered by name. */
  readonly sections: readonly SectionView[];
  /** Ordered by name. */
  readonly models: readonly PlacedModel[];
}

/** The permissions that are given on a section or model itself. */
export interface SectionGrants {
  /** Whether the permissions of the section that it is in apply too. */
  readonly inherit: boolean;
  readonly permissions: readonly (Holder & { readonly permissions: readonly SectionPermission[] })[];
}

/** The permissions of one person on a section or model. */
export interface EffectivePermissions {
  /** An administrator may do everything, with or without permissions. */
  readonly administrator: boolean;
  /** Each permission, with every place from which it comes. */
  readonly permissions: Readonly<Partial<Record<SectionPermission, readonly PermissionSource[]>>>;
}

type Done = Promise<{ version: number }>;

/** The permissions on sections and models. Only administrators read and change them. */
export interface SectionPermissionsApi {
  /** @throws AccessDenied `not-found` */
  list(on: SectionOrModel, user?: UserInfo): Promise<SectionGrants>;
  /**
   * Gives permissions to a user or a group, in addition to those given before.
   * @throws BadInput `bad-policy`, naming the nearest known permission or section
   */
  give(
    on: SectionOrModel,
    to: Holder,
    permissions: readonly SectionPermission[],
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Done;
  /**
   * Takes back permissions that are given here. What is inherited stays.
   * @throws AccessDenied `not-found` if one of them is not given here
   */
  withdraw(
    on: SectionOrModel,
    from: Holder,
    permissions: readonly SectionPermission[],
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Done;
  /** False: only what is given on the section or model itself applies. */
  inherit(on: SectionOrModel, inherit: boolean, options?: PolicyChangeOptions, user?: UserInfo): Done;
}

/**
 * The tree of sections, in which the models of the caller's tenant are. Once there is a section, reading, changing and
 * starting models needs permissions. A section that the caller may not see is `not-found`, a permission that it lacks
 * `forbidden`. Every change is one version of the policies.
 */
export interface SectionsApi {
  /** All that the caller may read, and the ancestors of that for navigation. */
  tree(user?: UserInfo): Promise<SectionTree>;
  /**
   * What is directly in one section.
   * @param section missing: what is at the top
   */
  list(section?: string | null, user?: UserInfo): Promise<SectionTree>;
  /** Needs `bpmn-section-create-subsection` on the parent. @throws Conflict `conflict` if the id is taken */
  create(id: string, section?: NewSection, options?: PolicyChangeOptions, user?: UserInfo): Done;
  /** Changes the name for people. Needs `write`. */
  rename(id: string, name: string, options?: PolicyChangeOptions, user?: UserInfo): Done;
  /** Needs `write` on the section and `bpmn-section-create-subsection` on the new parent. */
  move(id: string, parent: string, options?: PolicyChangeOptions, user?: UserInfo): Done;
  /** Needs `write`. @throws Conflict `wrong-state` for ROOT, and while sections or models are in it */
  delete(id: string, options?: PolicyChangeOptions, user?: UserInfo): Done;
  /** Moves a model. Needs `write` on the model and `bpmn-section-create-process-def` on the section. */
  place(model: string, section: string, options?: PolicyChangeOptions, user?: UserInfo): Done;
  readonly permissions: SectionPermissionsApi;
  /**
   * The permissions of a person, with the places from which they come. For others than the caller: administrators.
   * @param of missing: the caller. With a directory, the groups are those that it knows.
   */
  effective(
    of: Pick<UserInfo, 'userName' | 'userGroups'> | null | undefined,
    on: SectionOrModel,
    user?: UserInfo,
  ): Promise<EffectivePermissions>;
}
