import { fine, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const docker: DoctorCheck = {
  name: "docker",
  summary: "whether Docker answers, and whether testcontainers finds its Ryuk image",
  run: async (context) => checkDocker(context),
};

async function checkDocker(context: DoctorContext): Promise<Diagnosis[]> {
  const { machine, env } = context;
  const ran = await machine.run("docker", ["version", "--format", "{{.Server.Version}}"], env);
  if (ran === undefined)
    return [fine("Docker was not found; only the image and HealthImagingContainer need it")];
  if (ran.code !== 0)
    return [
      warning(
        `Docker's engine does not answer: ${ran.stderr.trim().split("\n").at(-1) ?? ""}`,
        "start it, or set DOCKER_HOST; only the image and HealthImagingContainer need it",
      ),
    ];
  return [fine(`Docker ${ran.stdout.trim()} answers`), await checkRyuk(context)];
}

const RYUK = "testcontainers/ryuk";

async function checkRyuk({ machine, env }: DoctorContext): Promise<Diagnosis> {
  if (env["TESTCONTAINERS_RYUK_DISABLED"] === "true")
    return fine("Ryuk is off: TESTCONTAINERS_RYUK_DISABLED is true");
  const ran = await machine.run("docker", ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", RYUK], env);
  const [image] = ran?.stdout.trim().split("\n") ?? [];
  if (image !== undefined && image !== "")
    return fine(`${image} is on this machine, and testcontainers starts it first`);
  return warning(
    `${RYUK} is not on this machine: testcontainers pulls it first, and fails if it cannot reach a registry`,
    "export TESTCONTAINERS_RYUK_DISABLED=true, if it cannot be pulled",
  );
}
