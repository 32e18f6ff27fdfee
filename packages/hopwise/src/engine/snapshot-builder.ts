import { ModelBuilder } from '../model/builder.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Sink, SourceSummary } from '../sources/contract.ts';
import type { GatewayConfigObservation } from '../sources/gateway-config-observation.ts';
import { parseLogs, parseResponse } from '../sources/logs/index.ts';
import type { LogFile, Observations, ResponseObservation } from '../sources/observations.ts';
import type { ProbeObservation } from '../sources/probe-observation.ts';
import type { Snapshot } from './contract.ts';

/** Receives what a source delivers: objects into the model, logs and the response into observations. */
export class SnapshotBuilder {
  readonly #builder = new ModelBuilder();
  readonly #files: LogFile[] = [];
  #response: ResponseObservation | undefined;
  /** A path is looked at many times while it is read; logs are parsed anew only when some came. */
  #parsed: { readonly files: number; readonly result: ReturnType<typeof parseLogs> } | undefined;

  #probes: readonly ProbeObservation[] = [];
  #gatewayConfig: readonly GatewayConfigObservation[] | undefined;

  readonly sink: Sink = {
    object: (raw, origin) => this.#builder.add(raw, origin),
    forget: (kind, namespace) => this.#builder.forget(kind, namespace),
    log: (file) => this.#files.push(file),
    response: (text, file) => {
      this.#response = parseResponse(text, file);
    },
    problem: (problem) => this.#builder.problem(problem),
    coverage: (entry) => this.#builder.cover(entry),
    snapshot: (facts) => this.#builder.snapshot(facts),
  };

  addProbes(probes: readonly ProbeObservation[]): void {
    this.#probes = [...this.#probes, ...probes];
  }

  setGatewayConfig(seen: readonly GatewayConfigObservation[]): void {
    this.#gatewayConfig = seen;
  }

  get logs(): number {
    return this.#files.length;
  }

  /** What has come so far; more may follow. */
  peek(): Pick<Snapshot, 'model' | 'observations'> {
    const { entries, logs } = this.#parse();
    for (const log of logs) this.#builder.noteTime(log.to);
    this.#builder.noteTime(this.#response?.date);
    const response = this.#response === undefined ? {} : { response: this.#response };
    const probes = this.#probes.length === 0 ? {} : { probes: this.#probes };
    const gatewayConfig = this.#gatewayConfig === undefined ? {} : { gatewayConfig: this.#gatewayConfig };
    const observations: Observations = { entries, logs, ...response, ...probes, ...gatewayConfig };
    const model: ClusterModel = this.#builder.build();
    return { model, observations };
  }

  #parse(): ReturnType<typeof parseLogs> {
    if (this.#parsed?.files !== this.#files.length) {
      // The order in which files were met must not show in the answer.
      const files = [...this.#files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
      const result = parseLogs(files, this.#builder.latest() ?? this.#response?.date);
      this.#parsed = { files: files.length, result };
    }
    return this.#parsed.result;
  }

  build(source: SourceSummary): Snapshot {
    return { ...this.peek(), source };
  }
}
