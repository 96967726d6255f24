import "./client/register.ts";
