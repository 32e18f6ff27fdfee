import type { TestProject } from 'vitest/node';
import { type Binaries, findOrBuildBinaries, NoControlPlane } from '../controlplane/binaries.ts';

export type GivenBinaries = { readonly binaries: Binaries } | { readonly skip: string };

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: GivenBinaries;
  }
}

/** Finds or builds the control plane's programs before the first live test; the first build takes minutes. */
export default async function setUp(project: TestProject): Promise<void> {
  project.provide('controlPlane', await give());
}

async function give(): Promise<GivenBinaries> {
  try {
    return { binaries: await findOrBuildBinaries((text) => console.error(`live: ${text}`)) };
  } catch (error) {
    if (!(error instanceof NoControlPlane)) throw error;
    console.error(`live: every test is skipped, because ${error.message}`);
    return { skip: error.message };
  }
}
