import { join } from 'node:path';
import {
  API,
  type Checker,
  SymbolFlags,
  type Symbol as TsSymbol,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';
import { type Generator, REPOSITORY } from './generated-file.ts';

const DOCUMENTS_FILE = 'packages/hopwise/src/report/diagnosis.ts';
const DOCUMENTS = ['DiagnosisDocument', 'TraceDocument', 'ScanDocument', 'DiffDocument'];
const SCHEMA_FOLDER = 'packages/hopwise/schema';

interface Schema {
  [keyword: string]: unknown;
}

/** JSON Schemas of the published documents, read from their TypeScript types so that the two cannot differ. */
export const schemaGenerator: Generator = {
  name: 'schema',
  owns: [SCHEMA_FOLDER],
  generate() {
    const api = new API({ cwd: REPOSITORY });
    try {
      const project = api.updateSnapshot({ openProjects: [join(REPOSITORY, 'tsconfig.json')] }).getProjects()[0];
      const file = project?.program.getSourceFile(join(REPOSITORY, DOCUMENTS_FILE));
      const symbol = file && project?.checker.getSymbolAtLocation(file);
      if (project === undefined || symbol === undefined) throw new Error(`cannot read the types of ${DOCUMENTS_FILE}`);
      return new Map(
        DOCUMENTS.map((name) => {
          const exported = project.checker.getMemberInModuleExports(symbol, name);
          if (exported === undefined) throw new Error(`${DOCUMENTS_FILE} exports no ${name}`);
          const file = `${name.replace('Document', '').toLowerCase()}.schema.json`;
          const text = JSON.stringify(writeSchema(project.checker, exported, name), null, 2);
          return [`${SCHEMA_FOLDER}/${file}`, `${text}\n`];
        }),
      );
    } finally {
      api.close();
    }
  },
};

function writeSchema(checker: Checker, symbol: TsSymbol, name: string): Schema {
  const definitions = new Map<string, Schema>();
  const root = schemaOf(checker.getDeclaredTypeOfSymbol(symbol));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: name.replace('Document', ''),
    $ref: root.$ref,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };

  function schemaOf(type: Type): Schema {
    const named = nameOf(type);
    if (named === undefined) return inlineSchemaOf(type);
    if (!definitions.has(named)) {
      // Reserved before it is filled, because types refer to themselves.
      definitions.set(named, {});
      definitions.set(named, inlineSchemaOf(type));
    }
    return { $ref: `#/$defs/${named}` };
  }

  function inlineSchemaOf(type: Type): Schema {
    if (type.isUnionType()) return unionSchemaOf(type.getTypes() ?? []);
    if (type.isStringLiteralType() || type.isNumberLiteralType()) return { const: type.value };
    // An intersection of string with a brand: at run time a string.
    if (type.isIntersectionType()) return inlineSchemaOf(type.getTypes()?.[0] ?? type);
    if (type.flags & TypeFlags.String) return { type: 'string' };
    if (type.flags & TypeFlags.Number) return { type: 'number' };
    if (type.flags & TypeFlags.BooleanLike) return { type: 'boolean' };
    if (type.flags & TypeFlags.Null) return { type: 'null' };
    if (checker.isArrayLikeType(type) && type.isTypeReference()) {
      const [item] = checker.getTypeArguments(type);
      return { type: 'array', items: item === undefined ? true : schemaOf(item) };
    }
    if (type.flags & TypeFlags.Object) return objectSchemaOf(type);
    throw new Error(`${name}: no JSON Schema for the type ${checker.typeToString(type)}`);
  }

  function unionSchemaOf(members: readonly Type[]): Schema {
    const types = members.filter((member) => !(member.flags & TypeFlags.Undefined));
    if (types.every((member) => member.flags & TypeFlags.BooleanLike)) return { type: 'boolean' };
    if (types.every((member) => member.isStringLiteralType())) {
      return { type: 'string', enum: types.map((member) => (member.isStringLiteralType() ? member.value : '')) };
    }
    const [only] = types;
    if (types.length === 1 && only !== undefined) return schemaOf(only);
    const booleans = types.filter((member) => member.flags & TypeFlags.BooleanLike);
    const others = types.filter((member) => !(member.flags & TypeFlags.BooleanLike)).map(schemaOf);
    return { anyOf: booleans.length > 0 ? [{ type: 'boolean' }, ...others] : others };
  }

  function objectSchemaOf(type: Type): Schema {
    const members = checker.getPropertiesOfType(type);
    const index = checker.getIndexInfosOfType(type)[0];
    const required = members.filter((member) => !(member.flags & SymbolFlags.Optional)).map((member) => member.name);
    return {
      type: 'object',
      ...(members.length > 0 && {
        properties: Object.fromEntries(members.map((member) => [member.name, memberSchemaOf(member)])),
      }),
      ...(required.length > 0 && { required }),
      ...(index !== undefined && { additionalProperties: schemaOf(index.valueType) }),
    };
  }

  function memberSchemaOf(member: TsSymbol): Schema {
    const type = checker.getTypeOfSymbol(member);
    if (type === undefined) throw new Error(`${name}: no type for ${member.name}`);
    const description = checker.getDocumentationCommentOfSymbol(member).trim();
    return { ...(description !== '' && { description }), ...schemaOf(type) };
  }

  /** Interfaces and aliases of this project keep their names; what is written in place and what the language brings do not. */
  function nameOf(type: Type): string | undefined {
    if (type.flags & (TypeFlags.Any | TypeFlags.BooleanLike)) return undefined;
    const alias = type.getAliasSymbol();
    if (alias !== undefined && type.getAliasTypeArguments().length === 0) return alias.name;
    if (type.isClassOrInterface() && !checker.isArrayLikeType(type)) return type.getSymbol()?.name;
    return undefined;
  }
}
